import type { ComponentChildren } from "preact";

import { CodeText } from "./code-text.tsx";

/** Says in the place of what is missing, what and why, and what can be done. */
export function Message({
  title,
  isPage = false,
  text,
  children,
}: {
  readonly title: string;
  /** It stands in the place of a whole page, so its title is the page's. */
  readonly isPage?: boolean;
  readonly text?: string;
  readonly children?: ComponentChildren;
}) {
  const Title = isPage ? "h1" : "p";
  return (
    <div class="message">
      <Title class="message-title">{title}</Title>
      {text !== undefined && (
        <p class="message-text">
          <CodeText text={text} />
        </p>
      )}
      {children}
    </div>
  );
}
