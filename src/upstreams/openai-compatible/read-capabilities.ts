import { type Capabilities, mergeCapabilities, type Support } from "../../model/capabilities.ts";
import { asList, asObject, asText, type JsonObject } from "./read-json.ts";

type Name = keyof Capabilities;

/**
 * The words of all servers, in lower case with `_` between: lists of features, of capabilities, of parameters. That `stop` is taken
 * says nothing of where its texts are looked for.
 */
const words: Readonly<Record<string, Name>> = {
  tools: "tools",
  tool_use: "tools",
  tool_calls: "tools",
  tool_calling: "tools",
  tool_choice: "tools",
  function_calling: "tools",
  functions: "tools",
  function_call: "tools",
  trained_for_tool_use: "tools",
  supports_tool_calls: "tools",
  supports_tools: "tools",
  supports_function_calling: "tools",
  parallel_tool_calls: "parallelToolCalls",
  supports_parallel_tool_calls: "parallelToolCalls",
  supports_parallel_function_calling: "parallelToolCalls",
  structured_outputs: "jsonSchema",
  structured_output: "jsonSchema",
  json_schema: "jsonSchema",
  supports_response_schema: "jsonSchema",
  json_mode: "jsonObject",
  json_object: "jsonObject",
  response_format: "jsonObject",
  reasoning: "reasoning",
  thinking: "reasoning",
  include_reasoning: "reasoning",
  reasoning_effort: "reasoning",
  supports_reasoning: "reasoning",
  vision: "images",
  image: "images",
  images: "images",
  image_input: "images",
  supports_vision: "images",
  supports_image_input: "images",
  max_tokens: "outputLimit",
  max_completion_tokens: "outputLimit",
};

function toName(word: string): Name | undefined {
  const key = word.toLowerCase().replace(/[\s.-]+/g, "_");
  return Object.hasOwn(words, key) ? words[key] : undefined;
}

/** What lists of words say. A list that is there and has no word for tools says that the model has none, if it is `complete` of those. */
function readWords(list: readonly unknown[], complete: readonly Name[]): Partial<Capabilities> {
  const named = new Set(list.flatMap((item) => toName(asText(item) ?? "") ?? []));
  if (named.has("jsonSchema")) named.add("jsonObject");
  const absent = complete.filter((name) => !named.has(name));
  return Object.fromEntries([
    ...absent.map((name) => [name, "emulated"] as const),
    ...[...named].map((name) => [name, "native"] as const),
  ]);
}

/** What flags say: `{vision: true, function_calling: false}`. */
function readFlags(flags: JsonObject): Partial<Capabilities> {
  const found: { [name in Name]?: Support } = {};
  for (const [key, value] of Object.entries(flags)) {
    const name = toName(key);
    if (name === undefined || typeof value !== "boolean") continue;
    if (value) found[name] = "native";
    else found[name] ??= "emulated";
  }
  return found;
}

/** A list that names modalities says of images what it does not name, too. */
function readModalities(list: unknown): Partial<Capabilities> {
  if (!Array.isArray(list) || list.length === 0) return {};
  return { images: list.includes("image") ? "native" : "emulated" };
}

/** Reads what an entry of a list, or an answer about one model, says of what it can. */
export function readCapabilities(entry: JsonObject): Capabilities {
  const features = entry["supported_features"] ?? entry["features"];
  const parameters = entry["supported_parameters"];
  const capabilities = entry["capabilities"];
  const flags = asObject(capabilities);
  const told = asList(capabilities);
  return mergeCapabilities(
    // LM Studio's older list tells eyes by the type alone; its newer one has this type for all, and a flag.
    entry["type"] === "vlm" ? { images: "native" } : {},
    entry["type"] === "llm" ? { images: "emulated" } : {},
    readFlags(entry),
    readWords(asList(entry["supported_sampling_parameters"]), []),
    readWords(asList(entry["tags"]), []),
    Array.isArray(features) ? readWords(features, features.length > 0 ? ["tools"] : []) : {},
    Array.isArray(parameters)
      ? readWords(parameters, ["tools", "jsonSchema", "jsonObject", "reasoning"])
      : {},
    flags === undefined ? {} : readFlags(flags),
    // Ollama's and LM Studio's name all that the model has; llama.cpp's `["completion"]` says nothing of tools.
    readWords(told, told.length > 0 && isFullList(entry, told) ? ["tools"] : []),
    readModalities(entry["input_modalities"] ?? asObject(entry["architecture"])?.["input_modalities"]),
  );
}

function isFullList(entry: JsonObject, list: readonly unknown[]): boolean {
  return asText(entry["type"]) !== undefined || entry["model_info"] !== undefined || list.length > 1;
}
