/** An agent's task that begins on the web chat, uses up its allowance there, and goes on at the second upstream. */
import { describe, expect, test } from "vitest";

import { startCompatibleSimulator, type CompatibleScript } from "../../src/simulator/compatible/index.ts";
import { startSimulator, type ScriptedReply } from "../../src/simulator/index.ts";
import { startConfigured } from "../support/start-configured.ts";
import { type AgentLoop, agentLoops } from "./support/agent-loops.ts";

const turns = 14;
/** What the tool says to its call number `at`: some 700 tokens. */
const resultOf = (at: number) => `RESULT ${at}: ${`line of file ${at}\n`.repeat(150)}`;
const calls = Array.from({ length: turns }, (_, at) => ({
  name: "run_command",
  input: { command: `cat file-${at}.txt | grep "x\\n"`, count: at },
}));
const done = "All files are read.";

/** What comes next in a conversation: a call, or the end. */
function nextCall(body: unknown) {
  const seen = JSON.stringify(body).match(/RESULT \d+:/g) ?? [];
  return calls[new Set(seen).size];
}

function sayAsText(body: unknown): ScriptedReply {
  const call = nextCall(body);
  if (call === undefined) return { text: done };
  const written = JSON.stringify({ name: call.name, arguments: call.input });
  return { text: `I go on.\n<tool_call>\n${written}\n</tool_call>` };
}

function sayNatively(body: unknown): CompatibleScript {
  const call = nextCall(body);
  if (call === undefined) return { kind: "answer", text: done };
  return { kind: "answer", text: "I go on.", reasoning: "Next.", calls: [call] };
}

/** The web chat with an allowance, AkashML behind it, and a gateway over both. */
async function startBoth(options: {
  readonly tokenLimit?: number;
  readonly script?: (body: unknown) => ScriptedReply;
}) {
  const { script = sayAsText, tokenLimit } = options;
  const web = await startSimulator({
    models: [{ id: "DeepSeek-V3.2", apiId: "deepseek-ai/DeepSeek-V3.2", tokenLimit: 64_000 }],
    script,
    ...(tokenLimit === undefined ? {} : { tokenLimit }),
  });
  const paid = await startCompatibleSimulator({
    persona: "akashml",
    apiKey: "paid",
    models: [{ id: "deepseek-ai/DeepSeek-V3.2", contextLength: 64_000, reasoning: true }],
    script: ({ method, body }) => (method === "POST" ? sayNatively(body) : undefined),
  });
  const gateway = await startConfigured(
    [
      "upstreams:",
      `  - { name: web, type: akash-chat, base_url: "${web.url}" }`,
      `  - { name: akashml, type: akashml, base_url: "${paid.baseUrl}", api_key: paid }`,
    ].join("\n"),
  );
  return {
    url: gateway.url,
    web,
    paid,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await Promise.all([web.close(), paid.close()]);
    },
  };
}

/** Works to the end as an agent does; one that is told that an answer broke off asks once more. */
async function work(create: AgentLoop, url: string) {
  const loop = create(url);
  const ran: unknown[] = [];
  const failures: string[] = [];
  for (let at = 0; at <= turns;) {
    try {
      const answer = await loop.ask();
      if (answer.call === undefined) return { ran, failures, text: answer.text, upstreams: loop.upstreams };
      ran.push(answer.call);
      loop.answer(resultOf(at));
      at += 1;
    } catch (error) {
      failures.push(String(error));
      if (failures.length > 1) throw error;
    }
  }
  throw new Error("The model calls more often than it should.");
}

describe.each(Object.entries(agentLoops))("%s", (_name, create) => {
  test("goes on at the second upstream without noticing", async () => {
    await using both = await startBoth({ tokenLimit: 12_000 });
    const { ran, failures, text, upstreams } = await work(create, both.url);
    expect({ ran, failures, text }).toEqual({ ran: calls, failures: [], text: done });
    const first = upstreams.findIndex((name) => name.startsWith("akashml/"));
    expect(first).toBeGreaterThan(2);
    expect(upstreams).toHaveLength(turns + 1);
    expect(new Set(upstreams.slice(0, first))).toEqual(new Set(["web/DeepSeek-V3.2"]));
    expect(new Set(upstreams.slice(first))).toEqual(new Set(["akashml/deepseek-ai/DeepSeek-V3.2"]));
    // It is asked no more than once for what it has no allowance for.
    expect(both.web.chats.length).toBeLessThanOrEqual(first + 1);
    expect(both.paid.chats).toHaveLength(turns + 1 - first);
    // The second has all that was said at the first, as calls and results of its own kind.
    const body = JSON.stringify(both.paid.chats.at(-1)?.body);
    for (const [at, { input }] of calls.entries()) {
      expect(body).toContain(`RESULT ${at}:`);
      expect(body).toContain(JSON.stringify(JSON.stringify(input.command).slice(1, -1)).slice(1, -1));
    }
    expect(body.match(/"role":"tool"/g)).toHaveLength(turns);
    expect(body).not.toContain("<tool_call>");
  });

  test("loses one request where the allowance ends in the middle of an answer, and goes on with the next", async () => {
    let broken = 0;
    await using both = await startBoth({
      script(body) {
        const reply = sayAsText(body);
        if (nextCall(body) !== calls[3] || broken > 0) return reply;
        broken += 1;
        return { ...reply, error: { kind: "mid", message: "Usage limit exceeded", afterDeltas: 3 } };
      },
    });
    const { ran, failures, text } = await work(create, both.url);
    expect({ ran, text }).toEqual({ ran: calls, text: done });
    expect(failures).toHaveLength(1);
  });
});
