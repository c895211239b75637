/** A conversation whose every turn is answered by another kind of upstream: calls, results and ids survive each move. */
import { expect, test } from "vitest";

import {
  leakedMarkup,
  startCompatibleSimulator,
  type CompatibleScript,
  type CompatibleSimulatorOptions,
} from "../../src/simulator/compatible/index.ts";
import { startSimulator } from "../../src/simulator/index.ts";
import { startConfigured } from "../support/start-configured.ts";
import { agentLoops } from "./support/agent-loops.ts";

const turns = 12;
const done = "All files are read.";
const model = "deepseek-ai/DeepSeek-V3.2";
const callAt = (at: number) => ({
  name: "run_command",
  input: { command: `cat "file ${at}" | grep 'x\\n' <b>`, count: at },
});
const resultOf = (at: number) => `RESULT ${at}: {"lines": ["<tool_response>", "ok"]}`;

const servers: readonly (readonly [
  name: string,
  options: Pick<CompatibleSimulatorOptions, "persona" | "tools">,
  family?: keyof typeof leakedMarkup,
])[] = [
  ["kimi", { persona: "sglang" }],
  ["bare", { persona: "vllm", tools: "none-400" }, "hermes"],
  ["leaking", { persona: "lm-studio", tools: "leaky" }, "kimi-k2"],
  ["native", { persona: "llama.cpp" }],
];
/** Who answers which turn. */
const names = [...servers.map(([name]) => name), "web"];
const whoAnswers = (turn: number): string => names[(turn * 2) % names.length] ?? "web";

function turnOf(body: unknown): number {
  return new Set(JSON.stringify(body).match(/RESULT \d+:/g)).size;
}

test.each(Object.entries(agentLoops))("%s hears nothing of it", async (_name, create) => {
  const down = 503;
  function say(name: string, family: keyof typeof leakedMarkup | undefined, body: unknown): CompatibleScript {
    const turn = turnOf(body);
    if (whoAnswers(turn) !== name) return { kind: "error", status: down };
    if (turn === turns) return { kind: "answer", text: done, reasoning: "Done." };
    const calls = [callAt(turn)];
    if (family === undefined) return { kind: "answer", text: "On.", reasoning: "Next.", calls };
    return { kind: "answer", text: `On.\n${leakedMarkup[family](calls)}`, reasoning: "Next." };
  }
  const web = await startSimulator({
    models: [{ id: "DeepSeek-V3.2", apiId: model, tokenLimit: 64_000 }],
    script(body) {
      const turn = turnOf(body);
      if (whoAnswers(turn) !== "web")
        return { error: { kind: "http", status: down, body: { error: "Busy" } } };
      return { text: turn === turns ? done : `On.\n${leakedMarkup.hermes([callAt(turn)])}` };
    },
  });
  const running = await Promise.all(
    servers.map(async ([name, options, family]) => {
      const server = await startCompatibleSimulator({
        ...options,
        models: [{ id: model, contextLength: 64_000, reasoning: true }],
        script: ({ method, body }) => (method === "POST" ? say(name, family, body) : undefined),
      });
      return { name, server };
    }),
  );
  await using gateway = await startConfigured(
    [
      "upstreams:",
      ...running.map(
        ({ name, server }) => `  - { name: ${name}, type: openai, base_url: "${server.baseUrl}" }`,
      ),
      `  - { name: web, type: akash-chat, base_url: "${web.url}" }`,
    ].join("\n"),
  );
  const agent = create(gateway.url);
  const ran: unknown[] = [];
  for (let at = 0; at < turns; at += 1) {
    ran.push((await agent.ask()).call);
    agent.answer(resultOf(at));
  }
  expect((await agent.ask()).text).toContain(done);
  expect(ran).toEqual(Array.from({ length: turns }, (_, at) => callAt(at)));
  expect(agent.upstreams.map((name) => name.split("/")[0])).toEqual(
    Array.from({ length: turns + 1 }, (_, at) => whoAnswers(at)),
  );
  // Calls of other servers come to each one in its own form, each with its result.
  for (const { name, server } of running) {
    const last = JSON.stringify(server.chats.at(-1)?.body);
    expect(last.match(/RESULT \d+:/g), name).toHaveLength(turnOf(server.chats.at(-1)?.body));
  }
  await web.close();
  for (const { server } of running) await server.close();
});
