import Anthropic from "@anthropic-ai/sdk";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { GoogleGenAI } from "@google/genai";
import { ChatOpenAI, type ChatOpenAIFields } from "@langchain/openai";
import type { LanguageModel } from "ai";
import { Ollama } from "ollama";
import OpenAI from "openai";

/** A gateway that is asked, whatever is behind it. */
export interface Stack {
  /** Its base URL, without `/v1`. */
  readonly url: string;
}

/** A model that does not think, of the simulator's default list. */
export const model = "Meta-Llama-3-3-70B-Instruct";

/** The `openai` SDK on a stack; it repeats nothing, so that every failure shows. */
export function openai(stack: Stack): OpenAI {
  return new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: "any", maxRetries: 0 });
}

/** The `@anthropic-ai/sdk` SDK on a stack, which repeats nothing, too. */
export function anthropic(stack: Stack): Anthropic {
  return new Anthropic({ baseURL: stack.url, apiKey: "any", maxRetries: 0 });
}

/** The `ollama` SDK on a stack. */
export function ollama(stack: Stack): Ollama {
  return new Ollama({ host: stack.url });
}

/** The `@google/genai` SDK on a stack, which repeats nothing unless it is told to. */
export function gemini({ url }: Stack): GoogleGenAI {
  return new GoogleGenAI({ apiKey: "any", httpOptions: { baseUrl: url } });
}

/** A model of the AI SDK through `@ai-sdk/openai-compatible` on a stack. */
export function aiModel(stack: Stack, id = model): LanguageModel {
  return createOpenAICompatible({
    name: "akash",
    baseURL: `${stack.url}/v1`,
    apiKey: "any",
    includeUsage: true,
    supportsStructuredOutputs: true,
  })(id);
}

/** Models of the AI SDK through the providers of the four APIs. */
export const aiModels: Readonly<Record<string, (stack: Stack) => LanguageModel>> = {
  "openai chat": ({ url }) => createOpenAI({ baseURL: `${url}/v1`, apiKey: "any" }).chat(model),
  "openai responses": ({ url }) => createOpenAI({ baseURL: `${url}/v1`, apiKey: "any" }).responses(model),
  anthropic: ({ url }) => createAnthropic({ baseURL: `${url}/v1`, apiKey: "any" })(model),
  google: ({ url }) => createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey: "any" })(model),
};

/** A chat model of LangChain on a stack. */
export function langchain(stack: Stack, fields: ChatOpenAIFields = {}): ChatOpenAI {
  return new ChatOpenAI({
    model,
    apiKey: "any",
    maxRetries: 0,
    configuration: { baseURL: `${stack.url}/v1` },
    ...fields,
  });
}
