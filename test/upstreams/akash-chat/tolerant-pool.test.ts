import { Duplex } from "node:stream";

import { expect, test } from "vitest";

import { renameContinue } from "../../../src/upstreams/akash-chat/tolerant-pool.ts";
import { createClient } from "../../../src/upstreams/akash-chat/client.ts";
import { createOptions, forever } from "./support/create-upstream.ts";
import { answer, serveRaw } from "./support/serve-raw.ts";
import { serveProxy } from "./support/serve-proxy.ts";

/** What is read of pieces that come after a request was written. */
function readPieces(pieces: readonly Uint8Array[]): string {
  const socket = renameContinue(new Duplex({ read() {}, write: (_chunk, _encoding, taken) => taken() }));
  socket.write("GET / HTTP/1.1\r\n\r\n");
  let text = "";
  for (const piece of pieces) {
    socket.push(Buffer.from(piece));
    for (let chunk: unknown = socket.read(); chunk instanceof Buffer; chunk = socket.read()) {
      text += chunk.toString("latin1");
    }
  }
  return text;
}

const reply = "HTTP/1.1 200 OK\r\nx: HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n";
const [hints, wait] = ["HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n"];
const renamed = wait.replace("100", "102");

test.each([
  ["no interim head", reply, reply],
  ["one", wait + reply, renamed + reply],
  ["several, of several kinds", wait + hints + wait + reply, renamed + hints + renamed + reply],
  [
    "one with a field",
    wait.replace("\r\n\r\n", "\r\na: b\r\n\r\n") + reply,
    renamed.replace("\r\n\r\n", "\r\na: b\r\n\r\n") + reply,
  ],
  ["one with bare line ends", wait.replaceAll("\r", "") + reply, renamed.replaceAll("\r", "") + reply],
  ["another protocol", `HTTP/1.1 101 X\r\n\r\n${wait}`, `HTTP/1.1 101 X\r\n\r\n${wait}`],
  ["no HTTP at all", `SSH-2.0-100 100 100\r\n\r\n${wait}`, `SSH-2.0-100 100 100\r\n\r\n${wait}`],
])("%s, wherever the bytes are cut", (_name, bytes, expected) => {
  const whole = Buffer.from(bytes);
  for (let cut = 0; cut <= whole.length; cut += 1) {
    expect(readPieces([whole.subarray(0, cut), whole.subarray(cut)])).toBe(expected);
  }
  expect(readPieces([...whole].map((byte) => Buffer.of(byte)))).toBe(expected);
});

test("through a proxy, too", async () => {
  await using server = await serveRaw((socket) => socket.write(Buffer.concat([Buffer.from(wait), answer])));
  await using proxy = await serveProxy(server.url);
  const options = createOptions("http://akash.test", {}, { proxy: { http: proxy.urlFor("user:secret@") } });
  const client = createClient(options);
  try {
    const got = await client.send({ method: "GET", path: "/api/models/", patience: "short" }, forever);
    expect(await got.text()).toContain('0:"hi"');
  } finally {
    await client.close();
  }
  expect(server.asked).toHaveLength(1);
});
