/** Heartbeats before an answer and in its middle, as the SDKs see them: not at all. */
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { AIMessageChunk } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import { jsonSchema, type LanguageModel, streamText } from "ai";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";

import { syntaxes } from "../fixtures/tool-calls/syntaxes.ts";
import { createGate } from "../support/gate.ts";
import { startStack } from "../support/start-stack.ts";
import { model } from "./support/clients.ts";
import { expectSilence } from "./support/expect-silence.ts";

expectSilence();

const prompt = "Hi";
const messages = [{ role: "user" as const, content: prompt }];
const call = syntaxes[0]?.render([{ name: "look", input: { at: "x" } }]) ?? "";
const tool = { type: "function" as const, function: { name: "look", parameters: { type: "object" } } };

/** What each API writes in silence; the first of Responses is no heartbeat. */
const beat =
  /"delta":\{\},"logprobs":null,"finish_reason":null|^event: response\.in_progress$|"parts":\[\{"text":""\}\],"role":"model"\},"index"/m;

/** A fetch that calls `seen` as soon as so many heartbeats came. */
function watchBeats(count: number, seen: () => void): typeof fetch {
  return async (url, init) => {
    const reply = await fetch(url, init);
    const decoder = new TextDecoder();
    let text = "";
    const watch = new TransformStream<Uint8Array, Uint8Array>({
      transform(bytes, controller) {
        text += decoder.decode(bytes, { stream: true });
        if (text.split(beat).length > count) seen();
        controller.enqueue(bytes);
      },
    });
    return new Response(reply.body?.pipeThrough(watch) ?? null, reply);
  };
}

/** What a client reads: the text, and the names of the calls. */
type Client = (
  url: string,
  watch: typeof fetch,
) => Promise<{ text: string; calls: string[]; finish: unknown }>;

/** A streamed answer as the AI SDK reads it. */
async function readWithAi(chat: LanguageModel): ReturnType<Client> {
  const result = streamText({
    model: chat,
    prompt,
    tools: { look: { inputSchema: jsonSchema({ type: "object" }) } },
  });
  return {
    text: await result.text,
    calls: (await result.toolCalls).map(({ toolName }) => toolName),
    finish: (await result.finishReason).replace("-", "_"),
  };
}

const clients: readonly (readonly [name: string, client: Client])[] = [
  [
    "openai",
    async (url, watch) => {
      const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "any", maxRetries: 0, fetch: watch });
      const stream = client.chat.completions.stream({ model, messages, tools: [tool], stream: true });
      const [choice] = (await stream.finalChatCompletion()).choices;
      const calls = choice?.message.tool_calls ?? [];
      return {
        text: choice?.message.content ?? "",
        calls: calls.map((call) => (call.type === "function" ? call.function.name : call.custom.name)),
        finish: choice?.finish_reason,
      };
    },
  ],
  [
    "ai",
    async (url, watch) => {
      const provider = createOpenAICompatible({
        name: "akash",
        baseURL: `${url}/v1`,
        apiKey: "any",
        fetch: watch,
      });
      return readWithAi(provider(model));
    },
  ],
  [
    "openai, Responses",
    async (url, watch) => {
      const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "any", maxRetries: 0, fetch: watch });
      const tools = [{ type: "function" as const, ...tool.function, strict: false }];
      const response = await client.responses.stream({ model, input: prompt, tools }).finalResponse();
      const calls = response.output.flatMap((item) => (item.type === "function_call" ? [item.name] : []));
      const finish = calls.length > 0 ? "tool_calls" : "stop";
      return {
        text: response.output_text,
        calls,
        finish: response.status === "completed" ? finish : response.status,
      };
    },
  ],
  [
    "ai, Responses",
    async (url, watch) => {
      const provider = createOpenAI({ baseURL: `${url}/v1`, apiKey: "any", fetch: watch });
      return readWithAi(provider.responses(model));
    },
  ],
  [
    "ai, Gemini",
    async (url, watch) => {
      const provider = createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey: "any", fetch: watch });
      return readWithAi(provider(model));
    },
  ],
  [
    "langchain",
    async (url, watch) => {
      const configuration = { baseURL: `${url}/v1`, fetch: watch };
      const chat = new ChatOpenAI({ model, apiKey: "any", maxRetries: 0, configuration }).bindTools([tool]);
      let whole: AIMessageChunk | undefined;
      for await (const piece of await chat.stream(prompt)) whole = whole?.concat(piece) ?? piece;
      return {
        text: whole?.text ?? "",
        calls: (whole?.tool_calls ?? []).map(({ name }) => name),
        finish: whole?.response_metadata["finish_reason"],
      };
    },
  ],
];

describe.each(clients)("%s", (_name, read) => {
  test.each([
    ["before a text", { text: ["Hel", "lo"] }, { text: "Hello", calls: [], finish: "stop" }],
    ["in a text", { text: ["Hel", "lo"], gateAfter: 1 }, { text: "Hello", calls: [], finish: "stop" }],
    ["before a call", { text: [call] }, { text: "", calls: ["look"], finish: "tool_calls" }],
    [
      "in a call",
      { text: call.split(""), gateAfter: call.length - 4 },
      { text: "", calls: ["look"], finish: "tool_calls" },
    ],
  ])("reads over heartbeats %s", async (_where, script, expected) => {
    const gate = createGate();
    await using stack = await startStack({ env: { RESPONSE_HOLD_MS: "0", HEARTBEAT_MS: "100" } });
    stack.simulator.enqueue({ ...script, gate: gate.promise });
    expect(
      await read(
        stack.url,
        watchBeats(3, () => gate.open()),
      ),
    ).toEqual(expected);
  });
});
