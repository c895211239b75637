/** Passes bytes on as they come, but the first piece has at least `count` of them, unless there are fewer in all. */
export async function* gatherHead(
  pieces: AsyncIterable<Uint8Array>,
  count: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let head: Uint8Array | undefined = new Uint8Array();
  for await (const piece of pieces) {
    if (head === undefined) {
      yield piece;
      continue;
    }
    head = Buffer.concat([head, piece]);
    if (head.byteLength < count) continue;
    yield head;
    head = undefined;
  }
  if (head !== undefined) yield head;
}
