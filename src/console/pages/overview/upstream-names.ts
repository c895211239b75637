/** What kinds of servers call themselves, by the `type` of an upstream. */
const names: Readonly<Record<string, string>> = {
  "akash-chat": "Akash Chat",
  akashml: "AkashML",
  openai: "OpenAI-compatible",
  openrouter: "OpenRouter",
  litellm: "LiteLLM",
  vllm: "vLLM",
  sglang: "SGLang",
  "llama.cpp": "llama.cpp",
  ollama: "Ollama",
  "lm-studio": "LM Studio",
  tgi: "TGI",
};

/** The name of a kind of server; one that is not known stays as it is. */
export function nameServer(type: string): string {
  return names[type] ?? type;
}
