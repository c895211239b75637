import {
  leakedMarkup,
  type AnswerScript,
  type CompatibleSimulatorOptions,
} from "../../../src/simulator/compatible/index.ts";
import type { CompatibleStack } from "../../support/start-compatible-stack.ts";
import { model } from "./clients.ts";

/** What a model says in one answer. */
export interface Saying {
  readonly text?: string;
  readonly reasoning?: string;
  readonly calls?: NonNullable<AnswerScript["calls"]>;
}

/** A server as upstream, and how its answers come. */
export interface UpstreamKind {
  readonly server: CompatibleSimulatorOptions;
  /** Queues an answer as this server gives it: calls as such, or as the markup that its parser leaves. */
  say(stack: CompatibleStack, saying: Saying): void;
  /** Requests beside the answers: those that teach the gateway what the server can't. */
  readonly lessons: number;
}

const models = [{ id: model, contextLength: 32_768, reasoning: true, images: true }];

function native(persona: CompatibleSimulatorOptions["persona"]): UpstreamKind {
  return {
    server: { persona, models },
    say: ({ server }, saying) => void server.enqueue({ kind: "answer", ...saying }),
    lessons: 0,
  };
}

function written(
  options: Pick<CompatibleSimulatorOptions, "persona" | "tools">,
  family: keyof typeof leakedMarkup,
): UpstreamKind {
  return {
    server: { ...options, models },
    say({ server }, { text = "", calls = [], ...saying }) {
      const parts = [text, ...(calls.length === 0 ? [] : [leakedMarkup[family](calls)])];
      server.enqueue({ kind: "answer", ...saying, text: parts.filter((part) => part !== "").join("\n\n") });
    },
    // Ollama's list says it before.
    lessons: options.tools === "none-400" && options.persona !== "ollama" ? 1 : 0,
  };
}

/** Server, what it does with tools, how its model writes calls: every one of each, in pairs. */
export const upstreamKinds: Readonly<Record<string, UpstreamKind>> = {
  "vLLM, native": native("vllm"),
  "SGLang, native": native("sglang"),
  "llama.cpp, native": native("llama.cpp"),
  "Ollama, native": native("ollama"),
  "LM Studio, native": native("lm-studio"),
  "TGI, native": native("tgi"),
  "OpenRouter, native": native("openrouter"),
  "AkashML, native": native("akashml"),
  "vLLM without a parser": written({ persona: "vllm", tools: "none-400" }, "hermes"),
  "SGLang without a parser": written({ persona: "sglang", tools: "none-400" }, "kimi-k2"),
  "Ollama, a model without tools": written({ persona: "ollama", tools: "none-400" }, "gemma-4"),
  "vLLM, leaking Qwen-Coder": written({ persona: "vllm", tools: "leaky" }, "qwen-coder"),
  "SGLang, leaking Kimi K2": written({ persona: "sglang", tools: "leaky" }, "kimi-k2"),
  "llama.cpp, leaking Mistral": written({ persona: "llama.cpp", tools: "leaky" }, "mistral"),
  "LM Studio, leaking its own": written({ persona: "lm-studio", tools: "leaky" }, "lm-studio"),
  "AkashML, leaking DSML": written({ persona: "akashml", tools: "leaky" }, "deepseek-dsml"),
  "OpenRouter, leaking GLM": written({ persona: "openrouter", tools: "leaky" }, "glm"),
  "Ollama, leaking Gemma 4": written({ persona: "ollama", tools: "leaky" }, "gemma-4"),
  "TGI, leaking Llama": written({ persona: "tgi", tools: "leaky" }, "llama"),
  "vLLM, leaking Harmony": written({ persona: "vllm", tools: "leaky" }, "harmony"),
};
