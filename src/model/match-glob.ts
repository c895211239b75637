/** Whether an id fits a pattern in which `*` stands for any text. Case does not matter. */
export function matchGlob(pattern: string, id: string): boolean {
  const [first = "", ...rest] = pattern.toLowerCase().split("*");
  const text = id.toLowerCase();
  if (rest.length === 0) return text === first;
  const last = rest.pop() ?? "";
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last))
    return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found === -1 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
