/** Media types whose bytes are text, and so can be shown to a model that reads nothing else. */
const textType =
  /^(?:text\/.+|application\/(?:json|xml|yaml|x-yaml|toml|javascript|sql|x-sh|x-ndjson|.+\+(?:json|xml)))$/i;

/** Whether a file of this type is text; parameters such as a charset don't matter. */
export function isTextType(mediaType: string): boolean {
  return textType.test(mediaType.split(";", 1)[0]?.trim() ?? "");
}

/** The text of a file that came as base64. Throws `TypeError` when its bytes are not UTF-8. */
export function decodeBase64Text(base64: string): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(base64, "base64"));
}
