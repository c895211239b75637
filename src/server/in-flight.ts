/** A member and where it stands; -1 once it is out. */
interface Entry<T> {
  readonly member: T;
  place: number;
}

/**
 * What is under way: members that come and go with each request, in no order.
 *
 * Not a `Set` or `Map`: after some dozens of comings and goings V8 gives those a new table, and the old one keeps its members
 * and the way to the new one. Once one of them has grown old, the quick garbage collections take them all for used, with each
 * request and all that hangs on it, until the slow one: a tenth of the CPU of a short request.
 */
export class InFlight<T> implements Iterable<T> {
  readonly #entries: Entry<T>[] = [];

  get size(): number {
    return this.#entries.length;
  }

  /** Takes a member in; what it returns takes it out again, once. */
  add(member: T): () => void {
    const entries = this.#entries;
    const entry: Entry<T> = { member, place: entries.length };
    entries.push(entry);
    return () => {
      const { place } = entry;
      if (place < 0) return;
      entry.place = -1;
      const last = entries.pop();
      if (last === undefined || last === entry) return;
      // The last one takes its place.
      entries[place] = last;
      last.place = place;
    };
  }

  /** Those of now: who comes or goes meanwhile changes nothing of it. */
  [Symbol.iterator](): Iterator<T> {
    return this.#entries.map(({ member }) => member).values();
  }
}
