import type { ServerRules } from "../server-rules.ts";
import { unknown } from "./unknown.ts";

/** LM Studio: its own lists say what is loaded, with which context. */
export const lmStudio: ServerRules = {
  ...unknown,
  name: "lmstudio",
  title: "LM Studio",
  setup: { baseUrl: "http://localhost:1234/v1", underV1: true, description: "LM Studio." },
  sampling: { ...unknown.sampling, topK: "top_k", repetitionPenalty: "repeat_penalty" },
  stopSequences: 64,
  fetchesImages: false,
  reasoningFields: [],
  thinking: { form: "field", words: ["none", "low", "medium", "high"] },
  discovery: { lists: ["/api/v1/models", "/api/v0/models", "/v1/models"] },
  // It takes a schema, and refuses `json_object`.
  capabilities: { ...unknown.capabilities, jsonSchema: "native", jsonObject: "emulated" },
  routes: { embeddings: true, completions: true, pictures: false, audio: false },
  ownedBy: ["organization_owner", "organization-owner"],
};
