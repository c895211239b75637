const narrow = 76;

/** JSON to be looked at: in one line where that is short, else in many; what is none stays as it is. */
export function writeJson(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    const lines = JSON.stringify(value, undefined, 2);
    const line = lines.replaceAll(/\n\s*/g, " ");
    return line.length <= narrow ? line : lines;
  } catch {
    // It may still be on its way.
    return text;
  }
}
