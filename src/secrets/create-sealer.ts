import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** Seals texts that somebody else keeps, so that nobody reads or changes them on the way back. */
export interface Sealer {
  /** Another sealed text for each call: printable, and a third longer. */
  readonly seal: (text: string) => string;
  /** The text, or undefined for what was not sealed with the same secret for the same purpose. */
  readonly open: (sealed: string) => string | undefined;
}

const algorithm = "aes-256-gcm";
const ivBytes = 12;
const tagBytes = 16;
/** Names the form, for the day on which there is another. */
const version = "v1.";

/** Creates the sealer of one purpose; its key is derived from the secret (HKDF, RFC 5869) and fits no other purpose. */
export function createSealer(secret: string, purpose: string): Sealer {
  const key = Buffer.from(hkdfSync("sha256", secret, "akashchat-api", purpose, 32));

  return {
    seal(text) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv(algorithm, key, iv);
      const sealed = [iv, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()];
      return version + Buffer.concat(sealed).toString("base64url");
    },
    open(sealed) {
      if (!sealed.startsWith(version)) return undefined;
      const written = sealed.slice(version.length);
      const bytes = Buffer.from(written, "base64url");
      // Node reads over what is no base64url, and over bits behind the last byte.
      if (bytes.toString("base64url") !== written) return undefined;
      if (bytes.length < ivBytes + tagBytes) return undefined;
      const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, ivBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      try {
        const text = decipher.update(bytes.subarray(ivBytes, -tagBytes), undefined, "utf8");
        return text + decipher.final("utf8");
      } catch {
        // Changed, or sealed with another key: GCM tells no more.
        return undefined;
      }
    },
  };
}
