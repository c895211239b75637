import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { countTokens } from "../../../src/shaping/count-tokens.ts";
import type { ChatBody, ScriptedReply } from "../../../src/simulator/index.ts";
import type { Agent } from "./agent.ts";
import { renderCalls } from "./render-call.ts";

/** How agents ask for a summary of the conversation: at its end, or with instructions of their own. */
const atTheEnd =
  /Respond with TEXT ONLY|CONTEXT CHECKPOINT COMPACTION|respond only with the summary text|produce the <state_snapshot> XML|generate the updated <state_snapshot>|evaluate the <state_snapshot>/;
const asInstructions = /^(?:You are a context summarization|Summarize the provided coding session)/;

/** A model that reads file after file, and sums up when it is asked to. */
export interface Reader {
  readonly script: (body: ChatBody) => ScriptedReply;
  /** For each of its turns, which summary stood in the prompt: the newest one's number, or 0. */
  readonly remembered: readonly number[];
}

/** What the model says when all is read. */
export const allRead = (count: number): string => `All ${count} files were read.`;

/** What the upstream reads of a request, in o200k tokens. */
function tokensOf({ system = "", messages }: ChatBody): number {
  return countTokens([system, ...messages.map(({ content }) => content)].join("\n"), "gpt-oss");
}

const lines = (file: number) =>
  Array.from({ length: 420 }, (_, line) => `line ${line} of file ${file}: some words are here`).join("\n");

/** Writes `count` files of some 6,000 tokens each, and makes the model that has `read` them, one in a turn. */
export async function readFiles(count: number, folder: string, read: Agent["read"]): Promise<Reader> {
  for (let file = 1; file <= count; file += 1) await writeFile(join(folder, `file${file}.txt`), lines(file));
  const remembered: number[] = [];
  let done = 0;
  let summaries = 0;

  function say(body: ChatBody): string {
    const last = body.messages.at(-1)?.content ?? "";
    if (atTheEnd.test(last) || asInstructions.test(body.system ?? "")) {
      summaries += 1;
      const tag = last.includes("<state_snapshot>") ? "state_snapshot" : "summary";
      return `<analysis>Long.</analysis>\n<${tag}>SUMMARY-${summaries}: ${done} files were read.</${tag}>`;
    }
    const seen = [...JSON.stringify(body.messages).matchAll(/SUMMARY-(\d+)/g)].map(([, number]) =>
      Number(number),
    );
    remembered.push(Math.max(0, ...seen));
    if (done === count) return allRead(count);
    done += 1;
    return renderCalls("hermes", [read(join(folder, `file${done}.txt`))]);
  }

  function script(body: ChatBody): ScriptedReply {
    // Agents go by what they are told that they used.
    return { text: say(body), usage: { promptTokens: tokensOf(body), completionTokens: 100 } };
  }
  return { script, remembered };
}
