/** Something that one process of the gateway has learned and the others may go by. Plain data. */
export interface Notice {
  /** What sort of knowledge: `rest`, `allowance`, `capabilities`. */
  readonly kind: string;
  /** What it is about; a newer one about the same takes its place. */
  readonly key: string;
  readonly value: unknown;
  /** Until then it is worth knowing, ms since the epoch. */
  readonly until: number;
}

/** What the processes of one gateway tell each other. It may come late or not at all: nothing may depend on it. */
export interface Notices {
  /** Tells the others. Never waits, never throws. */
  publish(notice: Notice): void;
  /** Hears what others publish, first what is still worth knowing of before. What it returns ends that. */
  subscribe(kind: string, take: (notice: Notice) => void): () => void;
}
