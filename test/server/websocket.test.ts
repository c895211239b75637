import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { startEdge } from "../support/start-edge.ts";

/** Sends requests on one connection, each after the reply to the one before; gives the replies. */
async function converse(url: string, ...requests: readonly (readonly string[])[]): Promise<string[]> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const replies: string[] = [];
  for (const lines of requests) {
    socket.write([...lines, "Host: gateway", "", ""].join("\r\n"));
    const [bytes] = (await once(socket, "data")) as [Buffer];
    replies.push(bytes.toString());
  }
  socket.destroy();
  return replies;
}

const handshake = [
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "OpenAI-Beta: responses_websockets=2026-02-06",
];
const health = ["GET /health HTTP/1.1"];

test.each(["websocket", "WebSocket", "h2c, websocket"])(
  "an upgrade to %s is 426, and the connection goes on",
  async (upgrade) => {
    await using edge = await startEdge({});
    const [refused, next] = await converse(
      edge.url,
      ["GET /v1/responses HTTP/1.1", `Upgrade: ${upgrade}`, ...handshake],
      health,
    );
    expect(refused).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
    expect(refused).toMatch(/^upgrade: HTTP\/1\.1\r$/im);
    expect(refused).toMatch(/^allow: POST\r$/im);
    expect(refused).toMatch(/^x-should-retry: false\r$/im);
    expect(refused).toContain('"There are no WebSockets here. Send the request over HTTP: POST."');
    expect(next).toMatch(/^HTTP\/1\.1 200 OK/);
  },
);

test.each([
  ["HEAD", "/v1/responses", "websocket", 405],
  ["GET", "/v1/responses", "h2c", 405],
  ["GET", "/v1/nothing", "websocket", 404],
  ["GET", "/v1/models", "h2c", 200],
  ["GET", "/v1/models", "websocket", 200],
])("%s %s with an upgrade to %s is %i", async (method, path, upgrade, status) => {
  await using edge = await startEdge({});
  const request = [
    `${method} ${path} HTTP/1.1`,
    `Upgrade: ${upgrade}`,
    "Connection: Upgrade, HTTP2-Settings",
  ];
  const [reply, next] = await converse(edge.url, [...request, "HTTP2-Settings: AAMAAABk"], health);
  expect(reply).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(next).toMatch(/^HTTP\/1\.1 200 OK/);
});

test("a wrong key is told before that", async () => {
  await using edge = await startEdge({ env: { BEARER_TOKEN: "secret" } });
  const opening = ["GET /v1/responses HTTP/1.1", "Upgrade: websocket", ...handshake];
  const [refused] = await converse(edge.url, opening, health);
  expect(refused).toMatch(/^HTTP\/1\.1 401 /);
  const [known] = await converse(edge.url, [...opening, "Authorization: Bearer secret"], health);
  expect(known).toMatch(/^HTTP\/1\.1 426 /);
});
