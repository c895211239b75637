import { efforts } from "../../../model/request.ts";
import type { ServerRules } from "../server-rules.ts";

/** A server of which nothing is known: what all take, and what does no harm where it is not known. */
export const unknown: ServerRules = {
  name: "openai",
  title: undefined,
  // Without an address: a key that was meant for one's own server must not go to somebody else's.
  setup: { underV1: false, description: "Any server with an OpenAI-compatible API." },
  maxCompletionTokens: false,
  // Strict servers refuse what OpenAI's API has not.
  sampling: {
    temperature: "temperature",
    topP: "top_p",
    seed: "seed",
    frequencyPenalty: "frequency_penalty",
    presencePenalty: "presence_penalty",
  },
  // OpenAI's own limit, which strict servers keep.
  stopSequences: 4,
  fetchesImages: true,
  reasoningFields: ["reasoning", "reasoning_content"],
  reasoningDetails: false,
  thinking: { form: "field", words: efforts },
  toolsWithHistory: false,
  discovery: { lists: ["/v1/models"] },
  capabilities: {
    outputLimit: "native",
    // Servers look for them in the thinking, too, which would end the answer before it begins.
    stop: "emulated",
  },
  namesBuild: false,
  routes: { embeddings: true, completions: true, pictures: true, audio: true },
};
