import type { ComponentChildren } from "preact";

import { CodeText } from "./code-text.tsx";

/** Says in the place of what is missing, what and why, and what can be done. */
export function Message({
  title,
  text,
  children,
}: {
  readonly title: string;
  readonly text?: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="message">
      <p class="message-title">{title}</p>
      {text !== undefined && (
        <p class="message-text">
          <CodeText text={text} />
        </p>
      )}
      {children}
    </div>
  );
}
