/** What `connect` and `launch` make of a gateway's list, over a real socket. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { describe, expect, test } from "vitest";

import { findTarget } from "../../src/cli/connect/find-target.ts";
import { clientNames } from "../../src/cli/connect/client-names.ts";
import { findClient } from "../../src/cli/connect/clients.ts";
import { readConfig } from "../../src/config.ts";
import { startCompatibleSimulator } from "../../src/simulator/compatible/index.ts";
import { startConfigured } from "../support/start-configured.ts";
import { startMerged } from "../support/start-merged.ts";

const caller = { environment: {}, folder: "/", script: undefined };

/** A gateway that has this list and nothing else. */
async function startList(data: readonly Readonly<Record<string, unknown>>[]) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url?.replace(/\?.*/, "") ?? "");
    const found =
      path === "/v1/models" ? { data } : data.find(({ id }) => path === `/v1/models/${String(id)}`);
    response.writeHead(found === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(found ?? { error: { message: "There is no such model." } }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const auto = { id: "auto", root: "auto", type: "chat" };

describe("of a list, an agent gets what writes and a client of pictures what draws", () => {
  test.each<[string, readonly Record<string, unknown>[], string | undefined]>([
    ["by its type", [{ id: "painter-xl", type: "image" }], "painter-xl"],
    ["by what it gives", [{ id: "painter-xl", output_modalities: ["image"] }], "painter-xl"],
    ["by its name, where the gateway is an old one", [{ id: "AkashGen" }], "AkashGen"],
    ["by its model's name, where it is an alias at an old one", [{ id: "p", root: "AkashGen" }], "p"],
    ["whatever its name, where the gateway says", [{ id: "AkashGen-Chat", type: "chat" }], undefined],
    ["not what gives vectors", [{ id: "bge", type: "embedding" }], undefined],
    ["nor by their modality", [{ id: "bge", output_modalities: ["embeddings"] }], undefined],
    ["nor what is of no use", [{ id: "whisper", type: "other" }], undefined],
  ])("%s", async (_how, first, imageModel) => {
    await using gateway = await startList([...first, { id: "writer", context_length: 4096 }, auto]);
    const target = await findTarget(readConfig({}), { url: gateway.url, model: "writer" }, caller);
    expect(target).toMatchObject({ model: { id: "writer", contextLength: 4096 }, imageModel });
    const chats = first.filter(({ type }) => type === "chat").map(({ id }) => id);
    expect(target.models.map(({ id }) => id)).toEqual(["writer", ...chats, "auto"]);
  });

  test.each([
    ["painter-xl", "draws pictures"],
    ["bge", "does not write text"],
  ])("%s by name is refused: it %s", async (model, words) => {
    await using gateway = await startList([
      { id: "painter-xl", type: "image" },
      { id: "bge", type: "embedding" },
      { id: "writer", type: "chat" },
    ]);
    await expect(findTarget(readConfig({}), { url: gateway.url, model }, caller)).rejects.toThrow(
      `--model: ${model} ${words} and can't hold a conversation. Take one of: writer.`,
    );
  });
});

test("the same from this gateway over several upstreams, whose first model gives vectors", async () => {
  await using stack = await startMerged({
    simulator: { models: [{ id: "Writer", tokenLimit: 64_000 }, { id: "AkashGen" }] },
    models: [
      { id: "bge-m3", details: { type: "embedding" } },
      { id: "org/Paid-Writer", contextLength: 8192 },
    ],
    file: "models:\n  vectors: [paid/bge-m3]\n",
  });
  const target = await findTarget(readConfig({}), { url: stack.url }, caller);
  expect(target).toMatchObject({ model: { id: "Writer" }, imageModel: "AkashGen", codexCatalogue: true });
  // Though it is called "web" there.
  expect(target.providerName).toBe("Akash Chat");
  expect(target.models).toEqual([
    { id: "Writer", contextLength: 64_000, upstreams: ["web"] },
    { id: "org/Paid-Writer", contextLength: 8192, upstreams: ["paid"] },
  ]);
});

test("a gateway without Akash Chat is not called so in any client", async () => {
  await using own = await startCompatibleSimulator({ persona: "vllm", models: [{ id: "mine" }] });
  await using gateway = await startConfigured(
    `upstreams: [{ name: gpu, type: vllm, base_url: "${own.baseUrl}" }]\n`,
  );
  const target = await findTarget(readConfig({}), { url: gateway.url }, caller);
  expect(target.providerName).toBe("akashchat-api");
  for (const name of clientNames) {
    const setup = JSON.stringify(findClient(name)?.setup(target, "default", caller));
    expect(setup, name).not.toMatch(/Akash Chat|"Akash |AKASH_CHAT/);
  }
  expect(JSON.stringify(findClient("zed")?.setup(target, "full", caller))).toContain("AKASHCHAT_API_API_KEY");
});
