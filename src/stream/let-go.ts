/** Lets go of bytes that nobody will read: an iterator that never began would not close its source. */
export async function letGo(body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of body) break;
}
