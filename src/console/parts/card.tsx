import type { ComponentChildren } from "preact";

/** A panel with a head of its own. */
export interface CardProps {
  readonly title: ComponentChildren;
  /** Beside the title. */
  readonly note?: ComponentChildren;
  /** At the other end of the head. */
  readonly aside?: ComponentChildren;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** A panel whose head is set apart by a line. */
export function Card({ title, note, aside, class: name = "", children }: CardProps) {
  return (
    <section class={`panel ${name}`}>
      <header class="panel-head">
        <h2>{title}</h2>
        {note !== undefined && <span class="note">{note}</span>}
        {aside !== undefined && <div class="panel-aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}
