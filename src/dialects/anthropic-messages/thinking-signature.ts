/** Adds up a thinking block's text to the signature that clients keep beside it. */
export interface ThinkingSignature {
  push(text: string): void;
  /** Base64; the same for the same text, however it was cut. */
  value(): string;
}

/**
 * Clients refuse a thinking block without a signature and send both back. Nothing here checks it, so it only
 * has to be opaque and repeatable: two 32-bit FNV-1a sums (http://www.isthe.com/chongo/tech/comp/fnv/) over the
 * UTF-16 units, one from the usual offset, one from its complement.
 */
export function createThinkingSignature(): ThinkingSignature {
  const offset = 0x81_1c_9d_c5;
  const prime = 0x01_00_01_93;
  let low = offset;
  let high = ~offset;
  return {
    push(text) {
      for (let index = 0; index < text.length; index += 1) {
        const unit = text.charCodeAt(index);
        low = Math.imul(low ^ unit, prime);
        high = Math.imul(high ^ unit, prime);
      }
    },
    value() {
      const bytes = [low, high].flatMap((sum) => [
        sum >>> 24,
        (sum >>> 16) & 255,
        (sum >>> 8) & 255,
        sum & 255,
      ]);
      return btoa(String.fromCharCode(...bytes));
    },
  };
}
