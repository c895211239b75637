/**
 * What a text says behind the blocks that were given, if it begins with them: with all of them, or with the last ones.
 * `undefined` if it does not. The last of them and what is found are the text in one.
 */
export function findNewText(text: string, given: readonly string[]): string | undefined {
  const blocks = given.filter((block) => block.trim() !== "");
  for (const first of blocks.keys()) {
    let rest: string | undefined = text;
    for (let at = first; at < blocks.length && rest !== undefined; at += 1) {
      rest = findBehind(rest, blocks[at] ?? "");
    }
    if (rest !== undefined) return rest;
  }
  return undefined;
}

function findBehind(text: string, block: string): string | undefined {
  const from = text.trimStart();
  const said = block.trimStart();
  if (from.startsWith(said)) return from.slice(said.length);
  // White space behind a text is the first thing to differ.
  const words = said.trimEnd();
  const rest = from.slice(words.length);
  return from.startsWith(words) && /^(?:\s|$)/.test(rest) ? rest : undefined;
}
