import type { HttpReply } from "./reply.ts";

/** A page that a CDN in front of the app answers with: a challenge, or its own gateway error. */
export function cdnPage(status: number): HttpReply {
  const challenge = status === 403 || status === 503 || status === 200;
  const title = challenge ? "Just a moment..." : `chat.akash.network | ${status}: Bad gateway`;
  const text = challenge
    ? "Enable JavaScript and cookies to continue"
    : "The web server reported a bad gateway error.";
  return {
    kind: "http",
    status,
    bare: true,
    headers: {
      "content-type": "text/html; charset=UTF-8",
      server: "cloudflare",
      "cf-ray": "8f0000000000abcd-PRG",
      ...(challenge ? { "cf-mitigated": "challenge" } : {}),
    },
    body: `<!DOCTYPE html><html lang="en-US"><head><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>\n`,
  };
}
