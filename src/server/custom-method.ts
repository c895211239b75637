/**
 * The custom method at the end of an address, as Google's APIs have them: `generateContent` of `/v1beta/models/m:generateContent?alt=sse`. `undefined`
 * without one. Nothing is decoded: `toCanonicalUrl` has written the colon.
 * Source: https://google.aip.dev/136
 */
export function customMethodOf(url: string): string | undefined {
  return /^[^?#]*:([A-Za-z]+)\/*(?:[?#]|$)/.exec(url)?.[1];
}
