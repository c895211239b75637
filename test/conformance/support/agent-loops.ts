import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";

/** What a model answered in one turn. */
export interface AgentAnswer {
  readonly text: string;
  readonly call: { readonly name: string; readonly input: unknown } | undefined;
}

/** An agent with one tool, which streams and sends its whole conversation with each request. */
export interface Agent {
  /** Asks for the next turn. Rejects as its SDK does, and then nothing was added. */
  ask(): Promise<AgentAnswer>;
  /** Adds the last answer, and what its tool said. */
  answer(result: string): void;
  /** Who answered each turn, by `x-upstream`. */
  readonly upstreams: readonly string[];
}

/** Makes an agent at a gateway. */
export type AgentLoop = (url: string) => Agent;

const model = "DeepSeek-V3.2";
const task = "Read all files, one after the other.";
const name = "run_command";
const description = "Runs a shell command.";
const parameters = {
  type: "object" as const,
  properties: { command: { type: "string" }, count: { type: "integer" } },
  required: ["command", "count"],
  additionalProperties: false,
};

/** The SDK's `fetch`, which notes who answered. */
function createFetch(upstreams: string[]): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const upstream = response.headers.get("x-upstream");
    if (response.ok && upstream !== null) upstreams.push(upstream);
    return response;
  };
}

function messagesAgent(url: string): Agent {
  const upstreams: string[] = [];
  const client = new Anthropic({ baseURL: url, apiKey: "any", maxRetries: 0, fetch: createFetch(upstreams) });
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: task }];
  let last: Anthropic.Message | undefined;
  return {
    upstreams,
    async ask() {
      const tools = [{ name, description, input_schema: parameters }];
      last = await client.messages.stream({ model, max_tokens: 4000, messages, tools }).finalMessage();
      const use = last.content.find((block) => block.type === "tool_use");
      const text = last.content.flatMap((block) => (block.type === "text" ? block.text : [])).join("");
      return { text, call: use === undefined ? undefined : { name: use.name, input: use.input } };
    },
    answer(result) {
      const use = last?.content.find((block) => block.type === "tool_use");
      if (last === undefined || use === undefined) throw new Error("There is no call.");
      messages.push({ role: "assistant", content: last.content });
      messages.push({
        role: "user",
        content: [{ type: "tool_result", tool_use_id: use.id, content: result }],
      });
    },
  };
}

function openai(url: string, upstreams: string[]): OpenAI {
  return new OpenAI({
    baseURL: `${url}/v1`,
    apiKey: "any",
    maxRetries: 0,
    fetch: createFetch(upstreams),
  });
}

function chatAgent(url: string): Agent {
  const upstreams: string[] = [];
  const client = openai(url, upstreams);
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: task }];
  let last: OpenAI.ChatCompletionMessage | undefined;
  return {
    upstreams,
    async ask() {
      const tools = [{ type: "function" as const, function: { name, description, parameters } }];
      const completion = await client.chat.completions
        .stream({ model, messages, tools })
        .finalChatCompletion();
      last = completion.choices[0]?.message;
      const call = last?.tool_calls?.find(({ type }) => type === "function");
      return {
        text: last?.content ?? "",
        call:
          call?.type === "function"
            ? { name: call.function.name, input: JSON.parse(call.function.arguments) }
            : undefined,
      };
    },
    answer(result) {
      const id = last?.tool_calls?.[0]?.id;
      if (last === undefined || id === undefined) throw new Error("There is no call.");
      messages.push(last, { role: "tool", tool_call_id: id, content: result });
    },
  };
}

function responsesAgent(url: string): Agent {
  const upstreams: string[] = [];
  const client = openai(url, upstreams);
  const input: OpenAI.Responses.ResponseInputItem[] = [{ role: "user", content: task }];
  let last: OpenAI.Responses.Response | undefined;
  return {
    upstreams,
    async ask() {
      const tools = [{ type: "function" as const, name, description, parameters, strict: true }];
      last = await client.responses.stream({ model, input, tools, store: false }).finalResponse();
      if (last.error !== null) throw new Error(last.error.message);
      const call = last.output.find((item) => item.type === "function_call");
      return {
        text: last.output_text,
        call: call === undefined ? undefined : { name: call.name, input: JSON.parse(call.arguments) },
      };
    },
    answer(result) {
      const call = last?.output.find((item) => item.type === "function_call");
      if (last === undefined || call === undefined) throw new Error("There is no call.");
      // What the SDK knows only as output is in no answer of a function's call.
      input.push(...(last.output as OpenAI.Responses.ResponseInputItem[]), {
        type: "function_call_output",
        call_id: call.call_id,
        output: result,
      });
    },
  };
}

/** Streaming agents, by the SDKs of the three APIs. */
export const agentLoops: Readonly<Record<string, AgentLoop>> = {
  "an agent of Anthropic's SDK": messagesAgent,
  "an agent of OpenAI's SDK, over Chat Completions": chatAgent,
  "an agent of OpenAI's SDK, over Responses": responsesAgent,
};
