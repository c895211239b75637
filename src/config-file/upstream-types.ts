/** What is particular about the configuration of one kind of OpenAI-compatible upstream. */
interface TypeOptions {
  /** Where it usually is; `undefined`: the operator must say. */
  readonly baseUrl?: string;
  /** The variable in which its key usually is, where no request is answered without a key. */
  readonly keyVariable?: string;
  /** Its API is under `/v1`, so an address without a path means that. */
  readonly underV1: boolean;
  readonly description: string;
}

/** The kinds of OpenAI-compatible upstreams. Ports are those of each server's own documentation. */
export const compatibleTypes = {
  akashml: {
    baseUrl: "https://api.akashml.com/v1",
    keyVariable: "AKASHML_API_KEY",
    underV1: true,
    description: "AkashML, the paid API of Akash.",
  },
  openrouter: {
    baseUrl: "https://openrouter.ai/api/v1",
    keyVariable: "OPENROUTER_API_KEY",
    underV1: false,
    description: "OpenRouter.",
  },
  // Without an address: a key that was meant for one's own server must not go to somebody else's.
  openai: { underV1: false, description: "Any server with an OpenAI-compatible API." },
  vllm: { baseUrl: "http://localhost:8000/v1", underV1: true, description: "vLLM." },
  sglang: { baseUrl: "http://localhost:30000/v1", underV1: true, description: "SGLang." },
  llamacpp: { baseUrl: "http://localhost:8080/v1", underV1: true, description: "llama.cpp's llama-server." },
  ollama: { baseUrl: "http://localhost:11434/v1", underV1: true, description: "Ollama." },
  lmstudio: { baseUrl: "http://localhost:1234/v1", underV1: true, description: "LM Studio." },
  tgi: { underV1: true, description: "Text Generation Inference of Hugging Face." },
} as const satisfies Readonly<Record<string, TypeOptions>>;

/** The `type` of an OpenAI-compatible upstream. */
export type CompatibleType = keyof typeof compatibleTypes;

/** What is particular about a type. */
export function typeOptions(type: CompatibleType): TypeOptions {
  return compatibleTypes[type];
}

/** Every `type` that an upstream may have. */
export const upstreamTypes: readonly string[] = ["akash-chat", ...Object.keys(compatibleTypes)];
