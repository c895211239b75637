/** A `data:` URL, taken apart. Source: RFC 2397. */
export interface DataUrl {
  /** In small letters, without parameters; empty when there is none. */
  readonly mediaType: string;
  readonly isBase64: boolean;
  readonly data: string;
}

/** What stands before the data is short; looking for it in megabytes would need as much stack. */
const longestHead = 1000;

/** Takes a `data:` URL apart; undefined when it is something else. Scheme, type and `base64` may be in capitals. */
export function parseDataUrl(url: string): DataUrl | undefined {
  const match = /^data:([^;,]*)((?:;[^;,]*)*),/i.exec(url.slice(0, longestHead));
  if (match === null) return undefined;
  const [head, mediaType = "", flags = ""] = match;
  return {
    mediaType: mediaType.trim().toLowerCase(),
    isBase64: flags.toLowerCase().endsWith(";base64"),
    data: url.slice(head.length),
  };
}
