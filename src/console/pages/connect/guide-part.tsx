import type { ComponentChildren } from "preact";

import type { StatusObject } from "../../api/types.ts";
import { CodeText } from "../../parts/code-text.tsx";
import type { Guide } from "./guide.ts";

/** What is shown of a client. */
export interface GuideProps {
  readonly guide: Guide;
  readonly gateway: StatusObject;
}

/** A part of the way, with its number. */
export function GuidePart(props: {
  readonly number: string | number;
  readonly title: string;
  readonly hint?: string | undefined;
  readonly children?: ComponentChildren;
}) {
  return (
    <section class="guide-part">
      <span class="guide-number">{props.number}</span>
      <div class="guide-body">
        <h2>{props.title}</h2>
        {props.hint !== undefined && (
          <p class="guide-hint">
            <CodeText text={props.hint} />
          </p>
        )}
        {props.children}
      </div>
    </section>
  );
}
