import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { createGateway } from "../../src/gateway.ts";

const answer = [
  'f:{"messageId":"msg-1"}',
  '0:"hi"',
  'd:{"finishReason":"stop","usage":{"promptTokens":1,"completionTokens":1}}',
  "",
].join("\n");

test("one connection to the upstream serves one request after the other", async () => {
  let connections = 0;
  const upstream = createServer((request, response) => {
    if (request.url?.startsWith("/api/auth/session") === true) {
      response.setHeader("set-cookie", `session_token=${"a".repeat(64)}; Max-Age=600`).end("{}");
    } else if (request.url?.startsWith("/api/models") === true) {
      response.setHeader("content-type", "application/json").end('[{"id":"m","available":true}]');
    } else {
      request.resume().on("end", () => {
        response.writeHead(200, { "content-type": "text/plain", "x-vercel-ai-data-stream": "v1" });
        // The end of the body comes by a packet of its own, as it does from the real site.
        response.write(answer, () => setImmediate(() => response.end()));
      });
    }
  }).on("connection", () => {
    connections += 1;
  });
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const gateway = await createGateway(
    readConfig({
      SERVER_ADDRESS: "127.0.0.1:0",
      AKASH_BASE_URL: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
      LOG_LEVEL: "silent",
    }),
  );
  const url = await gateway.listen();
  try {
    for (let index = 0; index < 10; index += 1) {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: "POST",
        body: JSON.stringify({
          model: "m",
          stream: index % 2 === 0,
          messages: [{ role: "user", content: "x" }],
        }),
      });
      expect(await response.text()).toContain("hi");
    }
    // The first requests (models, session) may overlap; a new one for each answer would make a dozen.
    expect(connections).toBeLessThanOrEqual(3);
  } finally {
    await gateway.close();
    upstream.close();
  }
});
