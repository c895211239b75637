/** Calls `begin` when it is the caller's turn; never if `isOver` says so by then. */
export type TakeTurn = (begin: () => void, isOver: () => boolean) => void;

/**
 * Lets one caller begin in each turn of the event loop; others wait for the next turns, in their order. One that comes
 * alone begins at once.
 *
 * For requests: Node accepts one new connection a turn, and sees a turn after a request at the earliest that its client
 * has left. Were all that have come begun at once, a burst would make turns long; newcomers would wait as many of them
 * as there are connections before them, and the upstream would be asked for clients that left long ago.
 */
export function createTurns(): TakeTurn {
  const waiting: Parameters<TakeTurn>[] = [];
  let taken = false;

  function next(): void {
    let first = waiting.shift();
    while (first?.[1]() === true) first = waiting.shift();
    taken = first !== undefined;
    if (first === undefined) return;
    setImmediate(next);
    first[0]();
  }

  return (begin, isOver) => {
    waiting.push([begin, isOver]);
    if (!taken) next();
  };
}
