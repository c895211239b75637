import type { ComponentChildren } from "preact";

/** What a button is and says. */
export interface ButtonProps {
  /** `primary` is there once in a view. */
  readonly kind?: "primary" | "plain" | "quiet" | "danger";
  readonly small?: boolean;
  readonly type?: "button" | "submit";
  readonly off?: boolean;
  /** Its work is under way: it can't be pressed again. */
  readonly busy?: boolean;
  /** What a screen reader says, where the children are an icon. */
  readonly label?: string;
  readonly class?: string;
  readonly expanded?: boolean;
  readonly onPress?: () => void;
  readonly children: ComponentChildren;
}

/** A button. */
export function Button(props: ButtonProps) {
  const { kind = "plain", small = false, type = "button", off = false, busy = false } = props;
  return (
    <button
      type={type}
      class={`button button-${kind}${small ? " button-small" : ""} ${props.class ?? ""}`}
      disabled={off || busy}
      aria-busy={busy}
      aria-label={props.label}
      aria-expanded={props.expanded}
      title={props.label}
      onClick={props.onPress}
    >
      {props.children}
    </button>
  );
}
