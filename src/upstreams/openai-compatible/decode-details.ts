import { type Capabilities, mergeCapabilities } from "../../model/capabilities.ts";
import { readCapabilities } from "./read-capabilities.ts";
import { asNumber, asObject, asText } from "./read-json.ts";

/** What a server says of one model outside of its list. What it does not say is left out, or unknown. */
export interface ModelDetails {
  /** As the server was started, where it says so. */
  readonly contextLength?: number;
  readonly capabilities: Capabilities;
}

/**
 * Reads Ollama's `POST /api/show`. The context is what was set for the model (`num_ctx` in its parameters); else what it was trained
 * with, which the server does not give unless it is asked to. `undefined`: it is no such answer.
 */
export function decodeShow(value: unknown): ModelDetails | undefined {
  const body = asObject(value);
  if (body === undefined || (body["model_info"] === undefined && body["capabilities"] === undefined)) {
    return undefined;
  }
  const info = asObject(body["model_info"]) ?? {};
  const architecture = asText(info["general.architecture"]) ?? "";
  const set = /^\s*num_ctx\s+(\d+)/m.exec(asText(body["parameters"]) ?? "")?.[1];
  const context = asNumber(set) ?? asNumber(info[`${architecture}.context_length`]);
  const has = (word: string) => Array.isArray(body["capabilities"]) && body["capabilities"].includes(word);
  const told = Array.isArray(body["capabilities"]);
  return {
    ...(context === undefined || context <= 0 ? {} : { contextLength: context }),
    capabilities: mergeCapabilities(
      readCapabilities(body),
      told
        ? {
            tools: has("tools") ? "native" : "emulated",
            images: has("vision") ? "native" : "emulated",
            reasoning: has("thinking") ? "native" : "emulated",
          }
        : {},
    ),
  };
}

/**
 * Reads llama.cpp's `GET /props`, or TGI's `GET /info`. A template without tools drops them without a word, so what
 * `chat_template_caps` says is worth more than any answer. `undefined`: it is neither.
 */
export function decodeProperties(value: unknown): ModelDetails | undefined {
  const body = asObject(value);
  if (body === undefined) return undefined;
  const context =
    asNumber(asObject(body["default_generation_settings"])?.["n_ctx"]) ??
    asNumber(body["n_ctx"]) ??
    asNumber(body["max_total_tokens"]);
  const caps = asObject(body["chat_template_caps"]);
  const modalities = asObject(body["modalities"]);
  if (context === undefined && caps === undefined && modalities === undefined) return undefined;
  const vision = modalities?.["vision"];
  return {
    ...(context === undefined || context <= 0 ? {} : { contextLength: context }),
    capabilities: mergeCapabilities(
      caps === undefined ? {} : readCapabilities(caps),
      typeof vision === "boolean" ? { images: vision ? "native" : "emulated" } : {},
    ),
  };
}
