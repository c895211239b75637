/**
 * Shows that tool arguments cost linear time: a call whose arguments are 1 MB, arriving in pieces of 20 bytes, against
 * half of it, in each way that a syntax carries arguments. A ratio near 2 is linear; 4 would be quadratic.
 * Run: `node bench/tool-arguments.ts`.
 */
import type { ChatEvent } from "../src/model/events.ts";
import { createToolCallShaper } from "../src/shaping/tools/index.ts";

const pieceLength = 20;
const line = 'const value = { "name": [1, 2, 3], path: "C:\\\\temp" }; // <callback> & `code`\n';

const carriers: Record<string, (text: string) => string> = {
  "Hermes, one string": (text) =>
    `<tool_call>\n${JSON.stringify({ name: "write_file", arguments: { content: text } })}\n</tool_call>`,
  "Hermes, arguments as a string": (text) =>
    `<tool_call>${JSON.stringify({ name: "write_file", arguments: JSON.stringify({ content: text }) })}</tool_call>`,
  "Hermes, list of objects": (text) =>
    `<tool_call>${JSON.stringify({ name: "write_file", arguments: { lines: text.split("\n").map((one) => ({ text: one })) } })}</tool_call>`,
  "Qwen3-Coder, raw text": (text) =>
    `<tool_call>\n<function=write_file>\n<parameter=content>\n${text}\n</parameter>\n</function>\n</tool_call>`,
  "Llama 4, Python string": (text) => `[write_file(content=${JSON.stringify(text)})]`,
  "no call, text only": (text) => text,
  "no call, only spaces": (text) => " ".repeat(text.length),
};

function measure(answer: string, argumentsMode: "stream" | "whole"): number {
  const shaper = createToolCallShaper({
    request: {
      tools: [
        {
          name: "write_file",
          parameters: {
            type: "object",
            properties: { content: { type: "string" }, lines: { type: "array" } },
          },
        },
      ],
      toolChoice: { kind: "auto" },
      parallelToolCalls: true,
    },
    model: "bench",
    argumentsMode,
    newCallId: () => "call_bench",
  });
  const push = (event: ChatEvent): void => void shaper.push(event);
  const begin = performance.now();
  push({ type: "response-start", model: "bench" });
  push({ type: "block-start", index: 0, block: { kind: "text" } });
  for (let at = 0; at < answer.length; at += pieceLength) {
    push({ type: "block-delta", index: 0, text: answer.slice(at, at + pieceLength) });
  }
  push({ type: "block-end", index: 0 });
  push({ type: "finish", reason: { kind: "stop" }, usage: { estimated: false } });
  if (shaper.problem !== undefined) throw new Error(shaper.problem.message);
  return performance.now() - begin;
}

/** The fastest of some runs: other processes only ever add time. */
function best(answer: string, mode: "stream" | "whole"): number {
  return Math.min(...Array.from({ length: 7 }, () => measure(answer, mode)));
}

const megabyte = line.repeat(Math.ceil(1_000_000 / line.length));
const half = megabyte.slice(0, megabyte.length / 2);
for (const mode of ["stream", "whole"] as const) {
  for (const [name, carry] of Object.entries(carriers)) {
    const halfTime = best(carry(half), mode);
    const fullTime = best(carry(megabyte), mode);
    const figures = [
      `0.5 MB ${halfTime.toFixed(1)} ms`,
      `1 MB ${fullTime.toFixed(1)} ms`,
      `ratio ${(fullTime / halfTime).toFixed(2)}`,
    ];
    console.log(`${mode.padEnd(6)} ${name.padEnd(30)} ${figures.join("  ")}`);
  }
}
