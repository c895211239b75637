import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";

import { Button } from "../../parts/button.tsx";
import { Icon, type IconName } from "../../parts/icon.tsx";
import { useMenu } from "../../state/use-menu.ts";

/** A button that opens something small below it; closes by Escape, a press elsewhere, or a press on one of its own buttons. */
export function Popover(props: {
  readonly label: string;
  readonly icon?: IconName;
  readonly kind?: "plain" | "quiet";
  readonly busy?: boolean;
  readonly class?: string;
  readonly children: ComponentChildren;
}) {
  const isOpen = useSignal(false);
  const frame = useRef<HTMLDivElement>(null);
  const close = () => {
    isOpen.value = false;
  };
  useMenu(isOpen, frame);
  return (
    <div class={`popover ${props.class ?? ""}`} ref={frame}>
      <Button
        kind={props.kind ?? "plain"}
        expanded={isOpen.value}
        busy={props.busy ?? false}
        onPress={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        {props.icon !== undefined && <Icon name={props.icon} size={14} />}
        {props.label}
      </Button>
      {isOpen.value && (
        <div
          class="menu"
          onClick={(event) => {
            if (event.target instanceof HTMLButtonElement) close();
          }}
        >
          {props.children}
        </div>
      )}
    </div>
  );
}
