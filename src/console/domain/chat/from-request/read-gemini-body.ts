import { plainSettings, type Effort, type Settings, type ToolDraft } from "../chat.ts";
import { isToolName } from "../read-settings.ts";
import { type Json, list, object, text } from "./json.ts";
import {
  leaveRest,
  readEffort,
  readSampling,
  readToolChoice,
  writeLimit,
  writeStops,
} from "./read-wishes.ts";
import type { Talk } from "./talk.ts";

/** A field by its name, or as Google's examples spell it: `inline_data`. */
function pick(value: Json, name: string): unknown {
  return value[name] ?? value[name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}

/** A repeated field, of which one alone needs no list. */
function many(value: unknown): readonly unknown[] {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? [value] : list(value);
}

/** Texts of a repeated field, likewise. */
function texts(value: unknown): readonly string[] {
  return typeof value === "string" ? [value] : list(value).map(text);
}

/** A number, which may come as a text; anything else stays as it is. */
function readNumber(value: unknown): unknown {
  return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))
    ? Number(value)
    : value;
}

/** What a schema of Google's calls otherwise. */
const schemaNames: Readonly<Record<string, string>> = { ref: "$ref", defs: "$defs" };

/** A schema with types as JSON Schema spells them. */
function toJsonSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(toJsonSchema);
  if (typeof schema !== "object" || schema === null) return schema;
  const { nullable, propertyOrdering: _, ...rest } = object(schema);
  const entries = Object.entries(rest).map(([name, value]) => {
    // Names of properties are the client's own, whatever they are.
    if (name === "properties")
      return [
        name,
        Object.fromEntries(Object.entries(object(value)).map(([own, inner]) => [own, toJsonSchema(inner)])),
      ] as const;
    if ((name === "ref" || name === "$ref") && typeof value === "string")
      return ["$ref", value.replace(/^#\/defs\//, "#/$defs/")] as const;
    if (name !== "type" || typeof value !== "string")
      return [schemaNames[name] ?? name, toJsonSchema(value)] as const;
    const type = value.toLowerCase();
    return [name, nullable === true ? [type, "null"] : type] as const;
  });
  return Object.fromEntries(entries);
}

/** A picture that came along; `undefined`: none that can be shown. */
function readPicture(part: Json): string | undefined {
  const blob = object(pick(part, "inlineData"));
  const type = text(pick(blob, "mimeType"));
  // Python's SDK writes base64 as it stands in addresses.
  const data = text(blob["data"]).replaceAll("-", "+").replaceAll("_", "/");
  return /^image\/(?:png|jpeg|webp|gif)$/i.test(type) ? `data:${type};base64,${data}` : undefined;
}

/** What came of a function: its `output` or `error` where that is all of it. */
function writeResult(response: Json): string {
  const [only, ...others] = Object.entries(response);
  const value = others.length === 0 && /^(?:output|error)$/.test(only?.[0] ?? "") ? only?.[1] : response;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Reads the contents. Calls without ids get some, by which their results find them in order. */
function readContents(contents: readonly unknown[], talk: Talk): void {
  const waiting: { readonly id: string; readonly name: string }[] = [];
  /** Whether what the model says next belongs to the answer before it: chunks of a stream are contents of their own. */
  let words = "";
  const flush = () => {
    if (words !== "") talk.answer(words);
    words = "";
  };

  function readPart(
    part: Json,
    isModel: boolean,
    path: string,
    said: { texts: string[]; images: string[] },
  ): void {
    const call = object(pick(part, "functionCall"));
    const response = object(pick(part, "functionResponse"));
    const name = text(call["name"]);
    if (name !== "") {
      flush();
      const id = text(call["id"]) || path;
      waiting.push({ id, name });
      talk.call({ id, name, arguments: JSON.stringify(call["args"] ?? {}) });
    } else if ("name" in response) {
      const asked = text(response["id"]);
      const at = waiting.findIndex(
        (one) => one.id === asked || (asked === "" && one.name === response["name"]),
      );
      const [found] = waiting.splice(at === -1 ? 0 : at, 1);
      const told = object(response["response"]);
      const isError = Object.keys(told).join() === "error";
      talk.result(found?.id ?? asked, { result: writeResult(told), isError }, `${path} (functionResponse)`);
    } else if (typeof part["text"] === "string") {
      if (part["thought"] === true) return;
      if (isModel) words += part["text"];
      else if (part["text"] !== "") said.texts.push(part["text"]);
    } else {
      const picture = isModel ? undefined : readPicture(part);
      if (picture === undefined) talk.leave(`${path} (${Object.keys(part)[0] ?? ""})`);
      else said.images.push(picture);
    }
  }

  for (const [at, one] of contents.entries()) {
    const content = object(one);
    const isModel = text(content["role"]) === "model";
    if (!isModel) flush();
    const said = { texts: [], images: [] };
    for (const [index, part] of many(content["parts"]).entries())
      readPart(object(part), isModel, `contents[${at}].parts[${index}]`, said);
    talk.say({ text: said.texts.join("\n\n"), images: said.images });
  }
  flush();
  talk.end(`contents[${contents.length - 1}]`);
}

function readTools(value: unknown, talk: Talk): readonly ToolDraft[] {
  const tools: ToolDraft[] = [];
  for (const [at, one] of many(value).entries()) {
    const { functionDeclarations, function_declarations: snake, ...foreign } = object(one);
    for (const name of Object.keys(foreign)) talk.leave(`tools[${at}] (${name})`);
    for (const [index, declaration] of many(functionDeclarations ?? snake).entries()) {
      const told = object(declaration);
      const name = text(told["name"]);
      const schema = pick(told, "parametersJsonSchema") ?? told["parameters"] ?? { type: "object" };
      if (!isToolName(name) || tools.some((other) => other.name === name))
        talk.leave(`tools[${at}].functionDeclarations[${index}] (${name})`);
      else {
        const parameters = JSON.stringify(toJsonSchema(schema), undefined, 2);
        tools.push({ name, description: text(told["description"]), parameters });
      }
    }
  }
  return tools;
}

function readChoice(value: unknown, tools: readonly ToolDraft[], talk: Talk): string {
  const config = object(pick(object(value), "functionCallingConfig"));
  const [name, ...others] = texts(pick(config, "allowedFunctionNames"));
  const mode = text(config["mode"]).toLowerCase();
  if (others.length > 0 || (name !== undefined && mode !== "any")) talk.leave("toolConfig");
  if (mode === "none") return "none";
  if (mode !== "any") return "auto";
  return readToolChoice(
    others.length === 0 && name !== undefined ? { type: "function", name } : mode,
    tools,
    talk,
  );
}

function readThinking(config: Json, talk: Talk): Effort {
  const thinking = object(pick(config, "thinkingConfig"));
  const level = text(pick(thinking, "thinkingLevel")).toLowerCase();
  const budget = readNumber(pick(thinking, "thinkingBudget"));
  if (budget === 0) return "none";
  if (level === "" && budget !== undefined) talk.leave("generationConfig.thinkingConfig.thinkingBudget");
  return readEffort(level || undefined, "generationConfig.thinkingConfig.thinkingLevel", talk);
}

const readSettings: readonly string[] = [
  "temperature",
  "topP",
  "maxOutputTokens",
  "stopSequences",
  "thinkingConfig",
  "responseMimeType",
  "responseSchema",
  "responseJsonSchema",
  "candidateCount",
];
const read: readonly string[] = [
  "model",
  "contents",
  "systemInstruction",
  "generationConfig",
  "tools",
  "toolConfig",
];

/** The same fields, all in the spelling of the reference. */
function toCamel(value: Json): Json {
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name.replaceAll(/(?!^)_([a-z])/g, (__, letter: string) => letter.toUpperCase()),
      one,
    ]),
  );
}

/** Reads a body of a Gemini model's `generateContent` or `streamGenerateContent`. */
export function readGeminiBody(body: Json, talk: Talk): Settings {
  const instruction = pick(body, "systemInstruction");
  const told = many(object(instruction)["parts"]).map((part) => text(object(part)["text"]));
  talk.instruct(text(instruction) || told.join("\n\n"), "systemInstruction");
  readContents(many(body["contents"]), talk);
  const config = toCamel(object(pick(body, "generationConfig")));
  const schema = config["responseJsonSchema"] ?? config["responseSchema"];
  if (schema === undefined && /json|enum/.test(text(config["responseMimeType"])))
    talk.leave("generationConfig.responseMimeType");
  const tools = readTools(body["tools"], talk);
  leaveRest(config, readSettings, { leave: (name) => talk.leave(`generationConfig.${name}`) });
  if (Number(config["candidateCount"] ?? 1) > 1) talk.leave("generationConfig.candidateCount");
  leaveRest(toCamel(body), read, talk);
  return {
    ...plainSettings,
    ...readSampling({ temperature: readNumber(config["temperature"]), top_p: readNumber(config["topP"]) }),
    system: talk.system,
    maxTokens: writeLimit(readNumber(config["maxOutputTokens"])),
    stop: writeStops(config["stopSequences"], "generationConfig.stopSequences", talk),
    thinking: readThinking(config, talk),
    tools,
    toolChoice: readChoice(pick(body, "toolConfig"), tools, talk),
    schema: schema === undefined ? "" : JSON.stringify(toJsonSchema(schema), undefined, 2),
  };
}
