/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** SGR codes (ECMA-48): of the 16 colours those that follow a terminal's own theme, and of weights. */
const codes = { red: 31, green: 32, yellow: 33, bold: 1, dim: 2 } as const;

/** Colours a text, or leaves it. */
export type Paint = (colour: keyof typeof codes, text: string) => string;

/**
 * Whether to write colours: `NO_COLOR` and `FORCE_COLOR` say so (the former wins, an empty one counts as not set), else a
 * terminal that is not dumb has them. Source: https://no-color.org, https://force-color.org
 */
export function hasColours(isTerminal: boolean, { NO_COLOR, FORCE_COLOR, TERM }: Environment): boolean {
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return isTerminal && TERM !== "dumb";
}

/** Creates what colours texts. */
export function createPaint(colours: boolean): Paint {
  return (colour, text) => (colours && text !== "" ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text);
}
