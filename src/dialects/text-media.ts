/** Media types whose bytes are text, and so can be shown to a model that reads nothing else. */
const textType =
  /^(?:text\/.+|application\/(?:json|xml|yaml|x-yaml|toml|javascript|sql|x-sh|x-ndjson|.+\+(?:json|xml)))$/i;

/** Whether a file of this type is text; parameters such as a charset don't matter. */
export function isTextType(mediaType: string): boolean {
  return textType.test(mediaType.split(";", 1)[0]?.trim() ?? "");
}

/** What stands in no base64 of either alphabet, whose lines may be broken. It is looked for: a pattern of the whole text takes three times as long. */
const noBase64 = /[^\w+/=\s-]/;

function isBase64(text: string): boolean {
  const end = text.indexOf("=");
  return !noBase64.test(text) && (end === -1 || /^(?:=\s*){1,2}$/.test(text.slice(end)));
}

/** The text of a file that came as base64. Throws `TypeError` when it is none, as a text that was sent as it is, or its bytes are not UTF-8. */
export function decodeBase64Text(base64: string): string {
  // Node reads what it can, and leaves out the rest without a word.
  if (!isBase64(base64)) throw new TypeError("It is not base64.");
  return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(base64, "base64"));
}
