import type { ServerRules } from "../server-rules.ts";
import { unknown } from "./unknown.ts";

/** vLLM. Thinking in `reasoning` since 0.16, `reasoning_content` before (#33402, #42664). */
export const vllm: ServerRules = {
  ...unknown,
  name: "vllm",
  title: "vLLM",
  setup: { baseUrl: "http://localhost:8000/v1", underV1: true, description: "vLLM." },
  sampling: { ...unknown.sampling, topK: "top_k", minP: "min_p", repetitionPenalty: "repetition_penalty" },
  stopSequences: 64,
  thinking: {
    form: "field",
    words: ["none", "minimal", "low", "medium", "high", "xhigh", "max"],
    off: { reasoning_effort: "none", chat_template_kwargs: { enable_thinking: false } },
  },
  capabilities: { ...unknown.capabilities, jsonSchema: "native", jsonObject: "native" },
  namesBuild: true,
  // vLLM-Omni and SGLang's diffusion server draw by OpenAI's route; who lists no image model is not asked for pictures.
  routes: { embeddings: true, completions: true, pictures: true, audio: true },
  ownedBy: ["vllm"],
};
