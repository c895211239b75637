import { post } from "../../../support/post.ts";
import type { Stack } from "../../../support/start-stack.ts";
import { always, deltas, type Faults, htmlPage, http, once, sessionPath } from "./fault.ts";

const session = (...given: Parameters<typeof http>) => always(sessionPath, http(...given));
const wire = (bytes: string) => always(sessionPath, { kind: "wire", bytes });

/** Before the session: what happens where sessions are given out. */
export const sessionFaults: Faults = {
  "the session route closes the connection": always(sessionPath, { kind: "refuse" }),
  "the session route closes the connection once": once(sessionPath, { kind: "refuse" }),
  "the session route does not answer": { ...always(sessionPath, { kind: "hang" }), silent: true },
  "the session route wants a browser": session(403, { error: "Invalid request - no user agent" }),
  "the session route is behind a challenge": always(sessionPath, { kind: "html" }),
  "the session route shows a page (200)": always(sessionPath, htmlPage(200)),
  "the session route answers an empty 500": always(sessionPath, { kind: "empty", status: 500 }),
  "the session route answers 500": session(500, { error: "No" }),
  "the session route answers 404": session(404),
  "the session route answers 429": session(429, { error: "Too many" }),
  "the session route answers 429 and says when": session(429, "", { "retry-after": "7" }),
  "the session route answers 429 for hours": {
    ...session(429, "", { "retry-after": "7200" }),
    lasting: true,
  },
  "the session route answers a proxy's 502": always(sessionPath, htmlPage(502)),
  "the session route answers a proxy's 502 once": once(sessionPath, htmlPage(502)),
  "the session route answers a proxy's 503 and says when": always(
    sessionPath,
    htmlPage(503, { "retry-after": "9" }),
  ),
  "the session route answers a proxy's 504": always(sessionPath, htmlPage(504)),
  "the session route answers other JSON": always(sessionPath, { kind: "http", status: 200, body: { a: 1 } }),
  "the session route gives no cookie": always(sessionPath, {
    kind: "http",
    status: 200,
    body: { success: true },
  }),
  "the session route's reply breaks off": wire(
    'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{"success',
  ),
  "the session route's reply is no HTTP": wire("220 mail.example ESMTP\r\n\r\n"),
  "the session route's head is too large": wire(`HTTP/1.1 200 OK\r\nx-a: ${"a".repeat(20_000)}\r\n\r\n`),
  "the session route redirects to another site": session(308, "", { location: "https://other.example/" }),
  "the session route redirects in circles": session(308, "", { location: "/api/auth/session/" }),
  "an access token is wanted": { simulator: { accessToken: "s3cret" }, lasting: true },
  "the access token is wrong": {
    simulator: { accessToken: "s3cret" },
    env: { AKASH_ACCESS_TOKEN: "other" },
    lasting: true,
  },
  "nothing listens at AKASH_BASE_URL": { baseUrl: () => "http://127.0.0.1:1", early: true, lasting: true },
  "the name in AKASH_BASE_URL is unknown": {
    // A label of more than 63 characters: no resolver needs to be asked.
    baseUrl: () => `http://${"a".repeat(64)}.test`,
    early: true,
    lasting: true,
  },
  "AKASH_BASE_URL does not speak TLS": {
    baseUrl: (url) => url.replace("http:", "https:"),
    early: true,
    lasting: true,
  },
  "the session has ended": { chat: [{ text: deltas }], before: endSession },
  "the session has ended, and no other is given out": {
    ...always(sessionPath, { kind: "empty", status: 500 }),
    before: endSession,
  },
};

async function endSession({ url, simulator }: Stack): Promise<void> {
  await post(`${url}/v1/completions`, { model: "DeepSeek-V3.2", prompt: "x" });
  simulator.expireSessions();
}
