/** Whether a text may be a token or a key: printable ASCII without spaces, as the gateway has them. Others can't go along in a header. */
export function isToken(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}
