import type { ServerRules } from "../server-rules.ts";
import { unknown } from "./unknown.ts";

/** Ollama's `/v1`. Pictures only as data URLs; the context and the capabilities are in its own API alone. */
export const ollama: ServerRules = {
  ...unknown,
  name: "ollama",
  title: "Ollama",
  setup: { baseUrl: "http://localhost:11434/v1", underV1: true, description: "Ollama." },
  stopSequences: 64,
  fetchesImages: false,
  reasoningFields: ["reasoning"],
  thinking: { form: "field", words: ["none", "low", "medium", "high", "max"] },
  discovery: { lists: ["/v1/models", "/api/tags"], show: "/api/show" },
  capabilities: { ...unknown.capabilities, jsonSchema: "native", jsonObject: "native" },
  routes: { embeddings: true, completions: true, pictures: false, audio: false },
  ownedBy: ["library"],
};
