import type { ServerRules } from "../server-rules.ts";
import { unknown } from "./unknown.ts";

/** Hugging Face's text-generation-inference, in maintenance. */
export const tgi: ServerRules = {
  ...unknown,
  name: "tgi",
  title: "TGI",
  setup: { underV1: true, description: "Text Generation Inference of Hugging Face." },
  reasoningFields: [],
  thinking: undefined,
  capabilities: { ...unknown.capabilities, jsonSchema: "native" },
  routes: { embeddings: false, completions: true, pictures: false, audio: false },
  discovery: { lists: ["/v1/models"], properties: "/info" },
};
