import type { ServerRules } from "../server-rules.ts";
import { vllm } from "./vllm.ts";

/** llama.cpp's `llama-server`: `/props` tells what its template can. */
export const llamaCpp: ServerRules = {
  ...vllm,
  name: "llamacpp",
  title: "llama.cpp",
  setup: { baseUrl: "http://localhost:8080/v1", underV1: true, description: "llama.cpp's llama-server." },
  sampling: { ...vllm.sampling, repetitionPenalty: "repeat_penalty" },
  reasoningFields: ["reasoning_content"],
  discovery: { lists: ["/v1/models"], properties: "/props" },
  routes: { ...vllm.routes, pictures: false, audio: false },
  ownedBy: ["llamacpp"],
};
