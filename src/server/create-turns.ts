/** Calls `begin` when it is the caller's turn; never if `isOver` says so by then. */
export type TakeTurn = (begin: () => void, isOver: () => boolean) => void;

/**
 * So many begin in one turn. Together they take a few milliseconds at most; one alone in each turn would cost a fifth more CPU, since
 * then each looks for what the sockets have, and wakes those who wait behind them, for itself.
 */
export const beginsInTurn = 8;

/**
 * Lets a few callers begin in each turn of the event loop; others wait for the next turns, in their order.
 *
 * For requests: Node accepts one new connection a turn, and sees a turn after a request at the earliest that its client
 * has left. Were all that have come begun at once, a burst would make turns long; newcomers would wait as many of them
 * as there are connections before them, and the upstream would be asked for clients that left long ago.
 */
export function createTurns(): TakeTurn {
  const waiting: Parameters<TakeTurn>[] = [];
  let left = beginsInTurn;

  function next(): void {
    left = beginsInTurn;
    while (left > 0) {
      const first = waiting.shift();
      if (first === undefined) return;
      const [begin, isOver] = first;
      if (!isOver()) take(begin);
    }
  }

  function take(begin: () => void): void {
    if (left === beginsInTurn) setImmediate(next);
    left -= 1;
    begin();
  }

  return (begin, isOver) => {
    if (left > 0) take(begin);
    else waiting.push([begin, isOver]);
  };
}
