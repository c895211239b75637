import type { SimulatedModel } from "./types.ts";

/** The models that the simulator offers by default. */
export const DEFAULT_MODELS: readonly SimulatedModel[] = [
  {
    id: "DeepSeek-V3.2",
    name: "DeepSeek V3.2",
    temperature: 1,
    topP: 0.95,
    tokenLimit: 64_000,
    reasoning: true,
  },
  {
    id: "DeepSeek-V3.1",
    name: "DeepSeek V3.1",
    temperature: 0.6,
    topP: 0.95,
    tokenLimit: 64_000,
    reasoning: true,
  },
  {
    id: "Meta-Llama-3-3-70B-Instruct",
    name: "Llama 3.3 70B",
    temperature: 0.6,
    topP: 0.9,
    tokenLimit: 128_000,
  },
  { id: "Qwen/Qwen3-30B-A3B", name: "Qwen3 30B A3B", temperature: 0.6, topP: 0.95, tokenLimit: 32_768 },
  {
    id: "Qwen3-Next-80B-A3B-Instruct",
    name: "Qwen3 Next 80B A3B",
    temperature: 0.7,
    topP: 0.8,
    tokenLimit: 262_144,
  },
  { id: "openai-gpt-oss-120b", name: "GPT-OSS-120B", temperature: 0.6, topP: 0.95, tokenLimit: 128_000 },
  { id: "Kimi-K2-Instruct", name: "Kimi K2 Instruct", temperature: 0.6, topP: 0.95, tokenLimit: 128_000 },
  {
    id: "meta-llama-Llama-4-Maverick-17B-128E-Instruct-FP8",
    name: "Llama 4 Maverick 17B 128E",
    temperature: 0.6,
    topP: 0.9,
    tokenLimit: 128_000,
  },
  {
    id: "AkashGen",
    name: "AkashGen",
    description: "Generate images using AkashGen",
    temperature: 0.85,
    topP: 1,
    tokenLimit: 12_000,
  },
];
