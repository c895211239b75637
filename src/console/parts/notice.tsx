import type { ComponentChildren } from "preact";

import { Icon } from "./icon.tsx";

/** What needs action, over all else. */
export function Notice({
  kind,
  children,
}: {
  readonly kind: "amber" | "red";
  readonly children: ComponentChildren;
}) {
  return (
    <div class={`notice notice-${kind}`} role="status">
      <Icon name="warning" />
      <p>{children}</p>
    </div>
  );
}
