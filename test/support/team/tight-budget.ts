import type { ChatBody, ScriptedReply } from "../../../src/simulator/index.ts";
import { createGate } from "../gate.ts";
import { post } from "../post.ts";
import type { Admin, TeamKey } from "./create-admin.ts";

const prompt = "Say so many words.";
const model = "DeepSeek-V3.2";
const body = { model, max_tokens: 100, messages: [{ role: "user", content: prompt }] };

/** Requests that cost what they reserve, so that a budget for so many is spent by exactly so many, whatever happens in between. */
export interface TightRequests {
  /** What the upstream says to one of them; `undefined`: it is none. */
  readonly reply: (body: ChatBody) => ScriptedReply | undefined;
  /** Finds out what one reserves. First of all. */
  measure(url: string, admin: Admin): Promise<number>;
  /** Sends one; resolves with its status. Rejects when the connection breaks. */
  ask(url: string, key: TeamKey): Promise<number>;
}

async function ask(url: string, { key }: TeamKey): Promise<number> {
  const { status } = await post(`${url}/v1/chat/completions`, body, { authorization: `Bearer ${key}` });
  return status;
}

/** Creates them. */
export function createTightRequests(): TightRequests {
  const [asked, measured] = [createGate(), createGate()];
  let each = 1;

  return {
    reply(request) {
      if (request.messages.at(-1)?.content !== prompt) return undefined;
      asked.open();
      return {
        text: "So many.",
        gate: measured.promise,
        get usage() {
          return { promptTokens: 7, completionTokens: each - 7 };
        },
      };
    },
    async measure(url, admin) {
      const key = await admin.createKey({ budget: { tokens: 1e9 } });
      const answer = ask(url, key);
      await asked.promise;
      each = (await admin.limitOf(key.id, "budget")).reserved;
      measured.open();
      await answer;
      return each;
    },
    ask,
  };
}
