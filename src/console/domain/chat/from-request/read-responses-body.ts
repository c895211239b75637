import { plainSettings, type Settings } from "../chat.ts";
import { type Json, list, object, text } from "./json.ts";
import {
  leaveRest,
  readEffort,
  readSampling,
  readSchema,
  readToolChoice,
  readTools,
  writeLimit,
  writeStops,
} from "./read-wishes.ts";
import { readContent, readResult, type Talk } from "./talk.ts";

function readItem(item: Json, path: string, talk: Talk): void {
  const type = text(item["type"]) || "message";
  const role = text(item["role"]);
  if (type === "message" && role !== "") {
    const said = readContent(item["content"], `${path}.content`, talk);
    if (role === "user") talk.say(said);
    else if (role === "assistant") talk.answer(said.text);
    else talk.instruct(said.text, `${path} (${role})`);
  } else if (type === "function_call") {
    const { call_id: id, name, arguments: given } = item;
    talk.call({ id: text(id), name: text(name), arguments: text(given) });
  } else if (type === "function_call_output") {
    const result = readResult(item["output"], `${path}.output`, talk);
    talk.result(text(item["call_id"]), { result, isError: false }, `${path} (${type})`);
  } else if (type !== "reasoning") talk.leave(`${path} (${type})`);
}

/** The fields of an object that nobody has read. */
function leaveFields(value: unknown, path: string, known: readonly string[], talk: Talk): void {
  for (const [name, field] of Object.entries(object(value)))
    if (!known.includes(name) && field !== null) talk.leave(`${path}.${name}`);
}

/** Reads a body of `POST /v1/responses`. What it refers to (`previous_response_id`) is not in it. */
export function readResponsesBody(body: Json, talk: Talk): Settings {
  talk.instruct(text(body["instructions"]), "instructions");
  const { input } = body;
  if (typeof input === "string") talk.say({ text: input, images: [] });
  for (const [at, one] of list(input).entries()) readItem(object(one), `input[${at}]`, talk);
  leaveFields(body["text"], "text", ["format"], talk);
  leaveFields(body["reasoning"], "reasoning", ["effort"], talk);
  const tools = readTools(body["tools"], talk);
  leaveRest(body, read, talk);
  return {
    ...plainSettings,
    ...readSampling(body),
    system: talk.system,
    maxTokens: writeLimit(body["max_output_tokens"]),
    stop: writeStops(body["stop"], "stop", talk),
    thinking: readEffort(object(body["reasoning"])["effort"], "reasoning.effort", talk),
    tools,
    toolChoice: readToolChoice(body["tool_choice"], tools, talk),
    schema: readSchema(object(body["text"])["format"], "text.format", talk),
  };
}

const read: readonly string[] = [
  "model",
  "instructions",
  "input",
  "temperature",
  "top_p",
  "max_output_tokens",
  "stop",
  "text",
  "reasoning",
  "tools",
  "tool_choice",
];
