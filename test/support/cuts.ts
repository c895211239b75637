/** A text whole, in single UTF-16 units, and cut in two at every place. */
export function everyCut(text: string): string[][] {
  const pairs = Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => [
    text.slice(0, at + 1),
    text.slice(at + 1),
  ]);
  return [[text], [...Array(text.length).keys()].map((at) => text.charAt(at)), ...pairs];
}

/** Cuts a text at the given places (any numbers). */
export function cutAt(text: string, places: readonly number[]): string[] {
  const inside = places.map((place) => place % (text.length + 1));
  const sorted = [0, ...new Set(inside), text.length].sort((a, b) => a - b);
  return sorted.slice(1).flatMap((end, index) => {
    const piece = text.slice(sorted[index], end);
    return piece === "" ? [] : [piece];
  });
}
