import type { ComponentChildren } from "preact";

import "../styles/link-button.css";

/** A word that does something, among others. */
export function LinkButton(props: {
  /** What a screen reader says, where the word alone says too little. */
  readonly label?: string;
  readonly class?: string;
  readonly onPress: () => void;
  readonly children: ComponentChildren;
}) {
  return (
    <button
      type="button"
      class={`link-button ${props.class ?? ""}`}
      aria-label={props.label}
      onClick={props.onPress}
    >
      {props.children}
    </button>
  );
}
