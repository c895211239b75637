/** Text that comes in pieces. */
export interface GatheredText {
  add(piece: string): void;
  /** All of it. */
  text(): string;
}

/** So many pieces are joined to one: a string of nothing but escapes has millions, and joining them can't be interrupted. */
const mostPieces = 1024;

/** Creates an empty text. */
export function gatherText(): GatheredText {
  const joined: string[] = [];
  let pieces: string[] = [];

  function join(): void {
    joined.push(pieces.join(""));
    pieces = [];
  }

  return {
    add(piece) {
      pieces.push(piece);
      if (pieces.length >= mostPieces) join();
    },
    text() {
      join();
      return joined.join("");
    },
  };
}

/** Joins texts, of which some may have grown meanwhile. */
export function joinTexts(texts: readonly (string | GatheredText)[]): string {
  return texts.map((text) => (typeof text === "string" ? text : text.text())).join("");
}
