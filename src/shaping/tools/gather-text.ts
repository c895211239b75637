/** Text that comes in pieces. */
export interface GatheredText {
  add(piece: string): void;
  /** All of it. */
  text(): string;
}

/** So many pieces are joined to one: a string of nothing but escapes has millions, and joining them can't be interrupted. */
const mostPieces = 1024;

/** A class, since one is made for each value of a list: closures would cost more than what they gather. */
class Pieces implements GatheredText {
  readonly #joined: string[] = [];
  #pieces: string[] = [];

  add(piece: string): void {
    this.#pieces.push(piece);
    if (this.#pieces.length < mostPieces) return;
    this.#joined.push(this.#pieces.join(""));
    this.#pieces = [];
  }

  text(): string {
    const rest = this.#pieces.join("");
    return this.#joined.length === 0 ? rest : this.#joined.join("") + rest;
  }
}

/** Creates an empty text. */
export function gatherText(): GatheredText {
  return new Pieces();
}

/** A text of which the last piece may still grow. */
export interface Fragments extends GatheredText {
  /** Adds a piece that grows where it is, until another one is added. */
  grow(piece: GatheredText): void;
}

/** Creates an empty text. */
export function gatherFragments(): Fragments {
  const gathered = gatherText();
  let growing: GatheredText | undefined;

  function settle(): void {
    if (growing !== undefined) gathered.add(growing.text());
    growing = undefined;
  }

  return {
    add(piece) {
      settle();
      gathered.add(piece);
    },
    grow(piece) {
      settle();
      growing = piece;
    },
    text: () => gathered.text() + (growing?.text() ?? ""),
  };
}
