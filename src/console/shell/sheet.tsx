import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

import { sheet } from "../state/shortcuts.ts";

/** A dialog over the page while `sheet` has its name. What it holds is made when it is opened. */
export function Sheet(props: {
  readonly name: NonNullable<typeof sheet.value>;
  readonly class?: string;
  readonly label: string;
  /** A press beside it closes it: for one whose whole surface is its contents. */
  readonly closesOutside?: boolean;
  readonly children: ComponentChildren;
}) {
  const { name, closesOutside = false } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = sheet.value === name;
  useLayoutEffect(() => {
    // Where the focus was, the dialog itself brings it back to.
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog
      ref={dialog}
      class={props.class === undefined ? "sheet" : `sheet ${props.class}`}
      aria-label={props.label}
      onClose={({ currentTarget }) => {
        // It is told later, when it may be open anew.
        if (!currentTarget.open) closeSheet(name);
      }}
      onClick={({ target }) => {
        if (closesOutside && target === dialog.current) closeSheet(name);
      }}
    >
      {isOpen && props.children}
    </dialog>
  );
}

/** Closes the sheet of that name, if it is the one that is open. */
export function closeSheet(name: NonNullable<typeof sheet.value>): void {
  if (sheet.value === name) sheet.value = undefined;
}
