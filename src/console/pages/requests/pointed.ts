import type { Signal } from "@preact/signals";

/** The block that is pointed at, wherever it is shown. */
export interface Pointed {
  readonly turn: number;
  readonly block: number;
  /** Of a call: the same tool's call in another turn is its counterpart, too. */
  readonly name?: string | undefined;
}

/** Whether what shows a block is to be marked. */
export function isPointed(pointed: Pointed | undefined, { turn, block, name }: Partial<Pointed>): boolean {
  if (pointed === undefined || turn === undefined || block === undefined) return false;
  if (pointed.turn === turn) return pointed.block === block;
  return name !== undefined && name === pointed.name;
}

/** What an element needs to point at a block, by the pointer or by the keyboard. */
export function pointsAt(pointed: Signal<Pointed | undefined>, place: Pointed | undefined) {
  if (place === undefined) return {};
  const point = () => {
    pointed.value = place;
  };
  const leave = () => {
    pointed.value = undefined;
  };
  return { tabIndex: 0, onMouseEnter: point, onMouseLeave: leave, onFocusIn: point, onFocusOut: leave };
}
