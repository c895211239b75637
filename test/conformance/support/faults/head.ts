import { gzipSync } from "node:zlib";

import {
  deltas,
  type Faults,
  first,
  htmlPage,
  http,
  instead,
  lasting,
  normalEnd,
  page,
  secret,
  spentBefore,
  streamHead,
} from "./fault.ts";

const wire = (bytes: string | Uint8Array) => instead({ kind: "wire", bytes });
const body = `${deltas.map((delta) => `0:"${delta}"\n`).join("")}${normalEnd}`;
const zipped = gzipSync(body);
const answered = `${streamHead}connection: close\r\n\r\n${body}`;

/** Before the head: what comes in place of an answer's status 200. */
export const headFaults: Faults = {
  "the connection is closed": instead({ kind: "refuse" }),
  "the connection is closed once": first({ kind: "refuse" }),
  "no answer": { ...instead({ kind: "hang" }), silent: true },
  "a head that breaks off": wire("HTTP/1.1 200 OK\r\ncontent-ty"),
  "a reply that is no HTTP": wire("220 mail.example ESMTP\r\n\r\n"),
  "a head that is too large": wire(`${streamHead}x-a: ${"a".repeat(20_000)}\r\n\r\n`),
  "early hints (103)": wire(`HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n${answered}`),
  "100 Continue": wire(`HTTP/1.1 100 Continue\r\n\r\n${answered}`),
  "another protocol (101)": wire(
    "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
  ),
  "a compressed answer": wire(
    Buffer.concat([
      Buffer.from(`${streamHead}content-encoding: gzip\r\ncontent-length: ${zipped.length}\r\n\r\n`),
      zipped,
    ]),
  ),
  "a redirect within the site": first(http(308, "", { location: "/api/chat/?once=1" })),
  "a redirect in circles": instead(http(308, "", { location: "/api/chat/" })),
  "a redirect to another site": instead(http(307, "", { location: "https://other.example/" })),
  "a redirect to nowhere": instead(http(308)),
  "a redirect by 302": instead(http(302, "", { location: "/login" })),
  "200 of JSON": instead(http(200, { error: "No" })),
  "204": instead(http(204)),
  "400 about the length": instead(http(400, "Message too long for this model")),
  "400 of JSON": instead(http(400, { error: "Bad Request", message: "No" })),
  "401": instead(http(401, `session_token=${secret}`)),
  "403": instead(http(403, "no")),
  "404": instead(http(404)),
  "408": instead(http(408)),
  "413": instead(htmlPage(413)),
  "429": instead(http(429, "slow down")),
  "429 that says when": instead(http(429, "", { "retry-after": "7" })),
  "429 of a proxy that says when": instead(htmlPage(429, { "retry-after": "7" })),
  "500 of JSON": instead(http(500, { error: `key sk-${secret}` })),
  "an empty 500": instead({ kind: "empty", status: 500 }),
  "502 of a proxy": instead(http(502, page)),
  "502 of a proxy once": first(htmlPage(502)),
  "503 of a proxy": instead(http(503, "no healthy upstream")),
  "503 of a proxy that says when": instead(htmlPage(503, { "retry-after": "9" })),
  "503 of JSON": instead(http(503, { error: "down" })),
  "504 of a proxy": instead(htmlPage(504)),
  "504 of a proxy once": first(htmlPage(504)),
  "522 of the CDN": instead(htmlPage(522)),
  "524 of the CDN": instead(htmlPage(524)),
  "a coding that nobody reads": instead(http(200, "x", { "content-encoding": "zstd" })),
  "a challenge (403)": instead({ kind: "html" }),
  "a challenge (503)": instead({ kind: "html", status: 503 }),
  "a page of 200": instead({ kind: "html", status: 200 }),
  "a page of 502": instead({ kind: "html", status: 502 }),
  "the session is refused once": first({ kind: "session" }),
  "the session is refused twice": instead({ kind: "session" }),
  "the model is refused": instead({ kind: "model" }),
  "all models are refused": instead({ kind: "model", available: [] }),
  "429 of a proxy for hours": lasting(htmlPage(429, { "retry-after": "7200" })),
  "the usage limit": lasting({ kind: "usage" }),
  "the usage limit was met before": spentBefore,
};
