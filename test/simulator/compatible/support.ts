import OpenAI from "openai";

import {
  personas,
  startCompatibleSimulator,
  type CompatibleSimulator,
  type CompatibleSimulatorOptions,
  type PersonaName,
} from "../../../src/simulator/compatible/index.ts";

/** All servers that can be played. */
export const personaNames = Object.keys(personas) as PersonaName[];

/** A running server, with the official client and a plain one. */
export interface Session {
  readonly simulator: CompatibleSimulator;
  readonly client: OpenAI;
  /** The first model that the server has. */
  readonly model: string;
  /** Sends a chat request; `body` in addition to the model and a greeting. */
  chat(body?: object, init?: RequestInit): Promise<Response>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a server; whoever declares it with `await using` need not close it. */
export async function open(
  persona: PersonaName,
  options: Partial<CompatibleSimulatorOptions> = {},
): Promise<Session> {
  const simulator = await startCompatibleSimulator({ persona, ...options });
  const model = (options.models ?? personas[persona].models)[0]?.id ?? "";
  return {
    simulator,
    model,
    client: new OpenAI({ baseURL: simulator.baseUrl, apiKey: "any", maxRetries: 0 }),
    chat: async (body = {}, init = {}) =>
      await fetch(`${simulator.baseUrl}/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model, messages: [{ role: "user", content: "Count to 3" }], ...body }),
        ...init,
      }),
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}

/** The tool that the tests offer. */
export const weather: OpenAI.ChatCompletionFunctionTool = {
  type: "function",
  function: {
    name: "get_weather",
    description: "Current weather in a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

/** A question about the weather, with the tool for it. */
export const askWeather = {
  messages: [{ role: "user" as const, content: "What is the weather in Paris?" }],
  tools: [weather],
};

/** What a reader gets before it ends or fails. */
export async function readAll(reply: Response): Promise<{ text: string; failed: boolean }> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const bytes of reply.body ?? []) text += decoder.decode(bytes, { stream: true });
    return { text, failed: false };
  } catch {
    return { text, failed: true };
  }
}
