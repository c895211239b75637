import type { ModelInfo } from "../../model/model-info.ts";
import { readCapabilities } from "./read-capabilities.ts";
import { asList, asNumber, asObject, asText, type JsonObject } from "./read-json.ts";
import { readPrice } from "./read-price.ts";

/** A model as its server lists it. */
export interface ListedModel {
  readonly model: ModelInfo;
  /** The same as long as the id means the same model. */
  readonly mark: string;
  /** The server's names of the settings of sampling that the model takes; `undefined`: it does not say. */
  readonly samplingNames: ReadonlySet<string> | undefined;
}

/**
 * Reads a list of models: `data` of `/v1/models` (all servers), `models` of `/api/tags` (Ollama) and `/api/v1/models` (LM Studio),
 * a bare list (Together), `/model/info` (LiteLLM). llama.cpp gives two lists at once, which are put together. Entries
 * without an id are skipped; one id comes once. `undefined`: it is no list.
 */
export function decodeModels(value: unknown): readonly ModelInfo[] | undefined {
  return decodeList(value)?.map(({ model }) => model);
}

/**
 * As `decodeModels`, with what else is in the list. `now` (ms since the epoch): a server that makes the list for each request
 * writes that time as when the model was created.
 */
export function decodeList(value: unknown, now = 0): readonly ListedModel[] | undefined {
  const body = asObject(value);
  const lists = [value, body?.["data"], body?.["models"]].filter((list) => Array.isArray(list));
  if (lists.length === 0) return undefined;
  const entries = new Map<string, JsonObject>();
  for (const list of lists) {
    for (const item of asList(list)) {
      const entry = flatten(item);
      const id = entry === undefined ? undefined : readId(entry);
      if (entry === undefined || id === undefined) continue;
      // What stands first counts; the other list adds what the first has not.
      entries.set(id, { ...entry, ...entries.get(id) });
    }
  }
  return [...entries].map(([id, entry]) => ({
    model: toModel(id, entry),
    mark: toMark(entry, now),
    samplingNames: readSampling(entry),
  }));
}

/** What is asked of sampling, as most servers call it. */
const samplingWords: ReadonlySet<string> = new Set([
  "temperature",
  "top_p",
  "top_k",
  "min_p",
  "seed",
  "frequency_penalty",
  "presence_penalty",
  "repetition_penalty",
]);

/** OpenRouter names all parameters in one list; one without a word of sampling says nothing of it. */
function readSampling(entry: JsonObject): ReadonlySet<string> | undefined {
  const own = readTexts(entry["supported_sampling_parameters"]);
  if (own !== undefined) return new Set(own);
  const all = readTexts(entry["supported_parameters"]) ?? [];
  return all.some((name) => samplingWords.has(name)) ? new Set(all) : undefined;
}

const recentMs = 3_600_000;

function toMark(entry: JsonObject, now: number): string {
  const created = asNumber(entry["created"]);
  const isOfModel = created !== undefined && created > 0 && created * 1000 < now - recentMs;
  return [asText(entry["owned_by"]) ?? "", isOfModel ? created : ""].join(" ");
}

/** Brings what some servers keep one level deeper up beside the id. */
function flatten(item: unknown): JsonObject | undefined {
  const entry = typeof item === "string" ? { id: item } : asObject(item);
  if (entry === undefined) return undefined;
  return { ...asObject(entry["model_info"]), ...asObject(entry["metadata"]), ...entry };
}

function readId(entry: JsonObject): string | undefined {
  // In LiteLLM's `/model/info` an `id` is a key of its database.
  return ["model_name", "id", "key", "model", "name"].map((key) => asText(entry[key])).find(Boolean);
}

function toModel(id: string, entry: JsonObject): ModelInfo {
  const contextLength = readContext(entry);
  const maxOutputTokens = readOutputLimit(entry);
  const architecture = asObject(entry["architecture"]);
  const inputModalities = readTexts(entry["input_modalities"] ?? architecture?.["input_modalities"]);
  const outputModalities = readTexts(entry["output_modalities"] ?? architecture?.["output_modalities"]);
  const name = asText(entry["display_name"]) ?? asText(entry["name"]);
  const description = asText(entry["description"]);
  const ownedBy = asText(entry["owned_by"]) ?? asText(entry["publisher"]);
  const price = readPrice(entry);
  const loaded = readLoaded(entry);
  const kind = readKind(id, entry, outputModalities);
  return {
    id,
    ...(kind === undefined ? { kind: "chat", kindUnknown: true } : { kind }),
    ...(name === undefined || name === id ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(ownedBy === undefined ? {} : { ownedBy }),
    ...(contextLength === undefined ? {} : { contextLength }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(inputModalities === undefined ? {} : { inputModalities }),
    ...(outputModalities === undefined ? {} : { outputModalities }),
    ...(loaded === undefined ? {} : { loaded }),
    ...(price === undefined ? {} : { price }),
    capabilities: readCapabilities(entry),
  };
}

/** What the server was started with stands before what the model could: `loaded_context_length`, `n_ctx`. */
function readContext(entry: JsonObject): number | undefined {
  const [instance] = asList(entry["loaded_instances"]);
  const loaded = asObject(asObject(instance)?.["config"])?.["context_length"];
  const top = asObject(entry["top_provider"])?.["context_length"];
  const meta = asObject(entry["meta"]);
  return firstSize([
    entry["loaded_context_length"],
    loaded,
    entry["max_model_len"],
    meta?.["n_ctx"],
    top,
    entry["context_length"],
    entry["context_window"],
    entry["max_context_length"],
    entry["max_total_tokens"],
    entry["max_input_tokens"],
    meta?.["n_ctx_train"],
  ]);
}

function readOutputLimit(entry: JsonObject): number | undefined {
  return firstSize([
    asObject(entry["top_provider"])?.["max_completion_tokens"],
    entry["max_output_length"],
    entry["max_output_tokens"],
    entry["max_completion_tokens"],
  ]);
}

function firstSize(values: readonly unknown[]): number | undefined {
  return values.map(asNumber).find((size) => size !== undefined && size > 0);
}

function readTexts(value: unknown): readonly string[] | undefined {
  const texts = asList(value).filter((item) => typeof item === "string");
  return texts.length === 0 ? undefined : texts;
}

function readLoaded(entry: JsonObject): boolean | undefined {
  if (Array.isArray(entry["loaded_instances"])) return entry["loaded_instances"].length > 0;
  const state = asText(entry["state"]);
  return state === undefined ? undefined : state === "loaded";
}

/** What a model is; `undefined`: nobody says. */
function readKind(
  id: string,
  entry: JsonObject,
  outputModalities: readonly string[] | undefined,
): ModelInfo["kind"] | undefined {
  const type = (asText(entry["type"]) ?? asText(entry["mode"]) ?? "").toLowerCase();
  if (type.includes("embedding")) return "embedding";
  if (type.includes("image")) return "image";
  const heard = readAudioKind(type);
  if (heard !== undefined) return heard;
  // Such as Together's, which says so of both.
  if (type.startsWith("audio")) return readAudioKind(id.toLowerCase()) ?? "other";
  if (/^(?:rerank|moderation)/.test(type)) return "other";
  const capabilities = asList(entry["capabilities"]);
  if (capabilities.includes("embedding") && !capabilities.includes("completion")) return "embedding";
  if (outputModalities !== undefined && !outputModalities.includes("text")) {
    if (outputModalities.includes("image")) return "image";
    if (outputModalities.includes("audio")) return "speech";
    return outputModalities.some((one) => one.startsWith("embedding")) ? "embedding" : "other";
  }
  // Only a list that says nothing of kinds leaves it to the name.
  const isSaid = outputModalities !== undefined || type !== "" || capabilities.some(isTelling);
  return isSaid ? "chat" : guessKind(id);
}

/** llama.cpp says `completion` of every model, also of one that it only embeds with. */
function isTelling(capability: unknown): boolean {
  return capability !== "completion";
}

/** What is said of audio, by a type (`audio_transcription`, `tts`) or a name (`whisper-1`, `kokoro`), in small letters. */
function readAudioKind(words: string): "transcription" | "speech" | undefined {
  if (
    /whisper|transcri|parakeet|speech[-_ ]?(?:recognition|to[-_ ]?text)|(?:^|[/_-])(?:asr|stt)(?:[/_-]|$)/.test(
      words,
    )
  )
    return "transcription";
  return /kokoro|orpheus|(?:^|[/_-])(?:tts|speech)(?:[/_-]|$)|text[-_ ]?to[-_ ]?(?:speech|audio)/.test(words)
    ? "speech"
    : undefined;
}

/** What names say, as in OpenAI's own list. */
function guessKind(id: string): ModelInfo["kind"] | undefined {
  if (/embed|(?:^|[/_-])(?:bge|gte|e5)-/i.test(id)) return "embedding";
  if (/dall-e|gpt-image|stable-diffusion|(?:^|[/_-])(?:sdxl|flux)\b/i.test(id)) return "image";
  return readAudioKind(id.toLowerCase()) ?? (/moderation|rerank/i.test(id) ? "other" : undefined);
}
