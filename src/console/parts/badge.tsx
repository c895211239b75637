import type { ComponentChildren } from "preact";

/** `native`: of the model; `emulated`: ours, so dashed; `fact`: neither; or a state. */
export type BadgeKind = "native" | "emulated" | "fact" | "accent" | "amber" | "red";

/** A word in a frame. */
export function Badge({
  kind,
  children,
}: {
  readonly kind: BadgeKind;
  readonly children: ComponentChildren;
}) {
  return <span class={`badge badge-${kind}`}>{children}</span>;
}
