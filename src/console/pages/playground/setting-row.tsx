import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** A field beside its name. */
export function SettingRow({
  label,
  children,
}: {
  readonly label: string;
  readonly children: (id: string) => ComponentChildren;
}) {
  const id = useId();
  return (
    <div class="setting">
      <label for={id}>{label}</label>
      {children(id)}
    </div>
  );
}
