/**
 * Shows how long a single request can keep the gateway's event loop from everybody else: each hostile body is sent
 * alone to a fresh gateway over the simulator, then once more (what a repeat costs), and the longest stretch in which the
 * loop stood still is printed, with the outcome and the time of the first. Other processes only ever add: the best of
 * the rounds counts. Use: node bench/event-loop.ts [--rounds 3] [a pattern of names]
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Agent } from "undici";

import { startSimulator } from "../src/simulator/index.ts";
import { hostileCases, type HostileCase } from "./hostile-bodies.ts";

/** What takes longer is given up, and printed as `no answer`. */
const patienceMs = 30_000;
/** As many answers are prepared, since a case may ask for them. */
const mostChoices = 8;
const agent = new Agent({ connections: 10, headersTimeout: patienceMs, bodyTimeout: patienceMs });
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "1" } },
});
const wanted = new RegExp(positionals.join(" "));

interface Outcome {
  readonly status: number;
  readonly text: string;
  readonly ms: number;
  /** The longest stretch without a turn of the loop, in ms. */
  readonly longestMs: number;
  /** The most CPU time of the main thread between two turns, in ms. */
  readonly longestCpuMs: number;
}

async function answerOf(child: ChildProcess): Promise<Record<string, unknown>> {
  const [message]: unknown[] = await once(child, "message");
  return typeof message === "object" && message !== null ? { ...message } : {};
}

async function readLongest(child: ChildProcess): Promise<Pick<Outcome, "longestMs" | "longestCpuMs">> {
  const answer = answerOf(child);
  child.send({});
  const none = sleep(patienceMs, {}, { ref: false });
  const figures: Record<string, unknown> = await Promise.race([answer, none]);
  const read = (key: string): number => Number(figures[key] ?? Infinity);
  return { longestMs: read("longestMs"), longestCpuMs: read("longestCpuMs") };
}

async function send(origin: string, path: string, body: string): Promise<{ status: number; text: string }> {
  const headers = { "content-type": "application/json", "anthropic-version": "2023-06-01" };
  try {
    const reply = await agent.request({ origin, path, method: "POST", headers, body });
    return { status: reply.statusCode, text: await reply.body.text() };
  } catch (error) {
    return { status: 0, text: `no answer: ${String(error)}` };
  }
}

async function measure({ path, body, reply }: HostileCase): Promise<readonly [Outcome, Outcome]> {
  await using simulator = await startSimulator({
    models: [
      { id: "meta-llama-3-3-70b-instruct", tokenLimit: 128_000 },
      { id: "meta-llama-Llama-4-Maverick", tokenLimit: 128_000 },
      { id: "DeepSeek-R1-0528", tokenLimit: 64_000 },
      { id: "gpt-oss-120b", tokenLimit: 1_000_000 },
    ],
  });
  const child = fork(new URL("measured-gateway.ts", import.meta.url), {
    env: {
      ...process.env,
      SERVER_ADDRESS: "127.0.0.1:0",
      AKASH_BASE_URL: simulator.url,
      LOG_LEVEL: "silent",
      SHUTDOWN_TIMEOUT_MS: "0",
    },
  });
  try {
    const url = String((await answerOf(child))["url"]);
    const text = JSON.stringify(body());
    const hello = [{ role: "user", content: "hello" }];
    // The first of all requests loads tables and compiles; that is another matter.
    for (const model of ["meta-llama-3-3-70b-instruct", "gpt-oss-120b"]) {
      for (const warmPath of ["/v1/messages", "/v1/messages/count_tokens"]) {
        await send(url, warmPath, JSON.stringify({ model, max_tokens: 10, messages: hello }));
      }
    }
    async function attempt(): Promise<Outcome> {
      const replies = reply === undefined ? [] : Array.from({ length: mostChoices }, reply);
      for (const one of replies) simulator.enqueue(one);
      await readLongest(child);
      const begin = performance.now();
      const result = await send(url, path, text);
      const ms = performance.now() - begin;
      return { ...result, ms, ...(await readLongest(child)) };
    }
    return [await attempt(), await attempt()];
  } finally {
    child.kill("SIGKILL");
  }
}

function toLine(name: string, rounds: readonly (readonly [Outcome, Outcome])[]): string {
  const [first] = rounds;
  const least = (pick: (round: readonly [Outcome, Outcome]) => number) =>
    Math.min(...rounds.map(pick))
      .toFixed(0)
      .padStart(7);
  const outcome = first === undefined ? "" : `${first[0].status} ${first[0].text.slice(0, 110)}`;
  return [
    name.padEnd(50),
    least(([one]) => one.longestMs),
    least(([one]) => one.longestCpuMs),
    least(([, two]) => two.longestMs),
    least(([, two]) => two.longestCpuMs),
    least(([one]) => one.ms),
    ` ${outcome.replaceAll("\n", " ")}`,
  ].join(" ");
}

console.log(
  `${"".padEnd(50)} ${["longest", "CPU", "again", "CPU", "took ms"].map((word) => word.padStart(7)).join(" ")}`,
);
for (const one of hostileCases) {
  if (!wanted.test(one.name)) continue;
  const rounds: (readonly [Outcome, Outcome])[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) rounds.push(await measure(one));
  console.log(toLine(one.name, rounds));
}
process.exit(0);
