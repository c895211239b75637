/** Something that one process of the gateway has learned and the others may go by. Plain data. */
export interface Notice {
  /** What sort of knowledge: `rest`, `allowance`, `capabilities`. */
  readonly kind: string;
  /** What it is about; a newer one about the same takes its place. */
  readonly key: string;
  readonly value: unknown;
  /** Until then it is worth knowing, ms since the epoch: by the clock of whoever publishes or hears it. */
  readonly until: number;
  /** It may be so only as seen from here, such as a server that does not answer: gateways elsewhere are not told. */
  readonly isLocal?: boolean;
}

/** What processes tell each other, of one gateway or of several. It may come late or not at all: nothing may depend on it. */
export interface Notices {
  /** Tells the others. Never waits, never throws. */
  publish(notice: Notice): void;
  /** Hears what others publish, first what is still worth knowing of before. What it returns ends that. */
  subscribe(kind: string, take: (notice: Notice) => void): () => void;
}
