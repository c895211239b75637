import { hash } from "node:crypto";

const prefix = "akc-";
const secretBytes = 32;

/** Makes a key's secret: `akc-` and 43 letters, digits, `-` and `_`, of 32 random bytes. It is shown once and never kept. */
export function createSecret(randomBytes: (size: number) => Uint8Array): string {
  return prefix + Buffer.from(randomBytes(secretBytes)).toString("base64url");
}

/** Whether a text is, or was meant as, a key's secret. Nobody should see it again, so no message repeats it. */
export function isSecret(text: string): boolean {
  return text.startsWith(prefix);
}

/** By what a secret is known: its SHA-256, in base64url. A secret has 256 random bits, so nothing slower is needed. */
export function digestOf(secret: string): string {
  return hash("sha256", secret, "base64url");
}

/** The end of a secret, by which people tell their keys apart: too short to help anybody guess the rest. */
export function hintOf(secret: string): string {
  return secret.slice(-4);
}
