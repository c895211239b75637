/** What stands for a text that is not shown. */
const hidden = "…";

/** `${…}` as it may be shown: names of variables and files are no secrets, a default and anything else may be one. */
function showVariable(text: string): string {
  const [, name, fallback] = /^\$\{([A-Za-z_]\w*)(:-[^]*)?\}$/.exec(text) ?? [];
  if (name !== undefined) return fallback === undefined ? text : `\${${name}:-${hidden}}`;
  return text.startsWith("${file:") ? text : `\${${hidden}}`;
}

/** Maps the parts of a text that are `${…}` and those between them. */
function mapParts(text: string, show: (part: string) => string): string {
  return text
    .split(/(\$\{[^{}]*\})/)
    .map((part, index) => (index % 2 === 1 ? showVariable(part) : part === "" ? "" : show(part)))
    .join("");
}

/** A value that may be a secret, which leaves nothing but its `${…}`. */
export function hideText(text: string): string {
  return mapParts(text, () => hidden);
}

/** A value that is none: without what a URL may have of a login, or behind its path. */
export function showText(text: string): string {
  return mapParts(text, (part) =>
    part
      .replace(/[^\s/]+@/, `${hidden}@`)
      .replace(/(:\/\/[^/:]*:)(?!\d+(?:\/|$))[^/]*/, `$1${hidden}`)
      .replace(/(:\/\/[^?#]*[?#]).*$/, `$1${hidden}`),
  );
}
