import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";

import { askGateway } from "../../src/cli/connect/ask-gateway.ts";
import { createTerminal } from "../support/run-program.ts";

const { terminal: caller } = createTerminal();

test.for<[string, number, (response: ServerResponse) => void]>([
  ["is reset", 30_000, (response) => response.socket?.resetAndDestroy()],
  ["ends", 30_000, (response) => response.socket?.end()],
  ["is silent", 50, () => undefined],
])("a gateway whose connection %s within its answer does not answer", async ([, silenceMs, leave]) => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("[", () => leave(response));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const asked = askGateway({ url, apiKey: "any", caller, silenceMs }, { method: "GET", path: "/v1/models" });
  await expect(asked).rejects.toThrow(`No gateway answers at ${url} (`);
  server.close();
  server.closeAllConnections();
});
