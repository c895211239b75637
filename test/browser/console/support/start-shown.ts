import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  type CompatibleSimulator,
  startCompatibleSimulator,
} from "../../../../src/simulator/compatible/index.ts";
import { builtConsole } from "../../../../src/built-console.ts";
import { post } from "../../../support/post.ts";
import { type Stack, startStack } from "../../../support/start-stack.ts";

/** A gateway as a small team has it: the web chat, AkashML behind it, and a server of one's own that is away. */
export interface ShownStack extends Stack {
  readonly paid: CompatibleSimulator;
}

/** A port at which nobody listens. */
async function findDeadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("No port was given.");
  return address.port;
}

/** So long it has run, as far as it knows: a forecast wants half an hour. */
const runningMs = 45 * 60_000;

/** Starts one, with the built console, of whose allowance of 25,000 tokens 15,500 are used. */
export async function startShown(env: Readonly<Record<string, string>> = {}): Promise<ShownStack> {
  let late = runningMs;
  const folder = mkdtempSync(join(tmpdir(), "shown-"));
  const file = join(folder, "gateway.yaml");
  const paid = await startCompatibleSimulator({
    persona: "akashml",
    models: [
      { id: "deepseek-ai/DeepSeek-V3.2", contextLength: 163_840, price: { input: 0.27, output: 0.4 } },
      { id: "Qwen/Qwen3.6-35B-A3B", contextLength: 262_144, price: { input: 0.15, output: 0.9 } },
      { id: "deepseek-ai/DeepSeek-V4-Flash", contextLength: 1_048_576, price: { input: 0.14, output: 0.28 } },
    ].map((model) => ({ ...model, reasoning: true, maxOutputTokens: 16_384 })),
  });
  const port = await findDeadPort();
  const stack = await startStack({
    env: { CONFIG_FILE: file, ...env },
    overrides: { consoleFolder: builtConsole, now: () => Date.now() - late },
    simulator: {
      tokenLimit: 25_000,
      models: [
        { id: "DeepSeek-V3.2", apiId: "deepseek-ai/DeepSeek-V3.2", tokenLimit: 163_840 },
        { id: "Qwen3.6-35B-A3B", apiId: "Qwen/Qwen3.6-35B-A3B", tokenLimit: 262_144 },
        { id: "Llama-3.3-70B", apiId: "meta-llama/Llama-3.3-70B-Instruct", tokenLimit: 131_072 },
        { id: "AkashGen" },
      ],
    },
    baseUrl(web) {
      const upstreams = [
        `{ name: web, type: akash-chat, base_url: "${web}" }`,
        `{ name: akashml, type: akashml, api_key: any, base_url: "${paid.baseUrl}" }`,
        `{ name: gpu-box, type: vllm, base_url: "http://127.0.0.1:${port}/v1" }`,
      ];
      const lines = upstreams.map((line) => `  - ${line}\n`).join("");
      writeFileSync(
        file,
        `upstreams:\n${lines}models:\n  gpt-oss-120b: [gpu-box/openai/gpt-oss-120b]\naliases:\n  gpt-4o: DeepSeek-V3.2\n`,
      );
      return web;
    },
  });
  late = 0;
  stack.simulator.enqueue({ text: "Hello.", usage: { promptTokens: 15_000, completionTokens: 500 } });
  const hello = { model: "Llama-3.3-70B", messages: [{ role: "user", content: "Say hello" }] };
  const { ADMIN_TOKEN: token } = env;
  await post(
    `${stack.url}/v1/chat/completions`,
    hello,
    token === undefined ? {} : { authorization: `Bearer ${token}` },
  );
  async function close(): Promise<void> {
    await stack.close();
    await paid.close();
    rmSync(folder, { recursive: true });
  }
  return { ...stack, paid, close, [Symbol.asyncDispose]: close };
}
