import { plainSettings, type Effort, type Settings } from "../chat.ts";
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

function readUser(message: Json, path: string, talk: Talk): void {
  const said = readContent(message["content"], `${path}.content`, talk, (part, here) => {
    if (part["type"] !== "tool_result") return false;
    const result = readResult(part["content"], `${here}.content`, talk);
    talk.result(
      text(part["tool_use_id"]),
      { result, isError: part["is_error"] === true },
      `${here} (tool_result)`,
    );
    return true;
  });
  talk.say(said);
}

function readAssistant(message: Json, path: string, talk: Talk): void {
  const calls: Json[] = [];
  const { text: words } = readContent(message["content"], `${path}.content`, talk, (part) => {
    if (part["type"] !== "tool_use") return false;
    calls.push(part);
    return true;
  });
  talk.answer(words);
  for (const { id, name, input } of calls)
    talk.call({ id: text(id), name: text(name), arguments: JSON.stringify(input ?? {}) });
}

function readThinking(body: Json, talk: Talk): Effort {
  const { type, budget_tokens: budget } = object(body["thinking"]);
  if (type === "disabled") return "none";
  const effort = readEffort(object(body["output_config"])["effort"], "output_config.effort", talk);
  if (effort === "" && budget !== undefined) talk.leave("thinking.budget_tokens");
  return effort;
}

/** Reads a body of `POST /v1/messages`. */
export function readMessagesBody(body: Json, talk: Talk): Settings {
  talk.instruct(readContent(body["system"] ?? "", "system", talk).text, "system");
  const messages = list(body["messages"]);
  for (const [at, one] of messages.entries()) {
    const message = object(one);
    const path = `messages[${at}]`;
    const role = text(message["role"]);
    if (role === "user") readUser(message, path, talk);
    else if (role === "assistant") readAssistant(message, path, talk);
    else if (role === "system")
      talk.instruct(readContent(message["content"], `${path}.content`, talk).text, `${path} (${role})`);
    else talk.leave(`${path} (${role})`);
  }
  talk.end(`messages[${messages.length - 1}]`);
  const { format, effort: _, ...config } = object(body["output_config"]);
  for (const name of Object.keys(config)) talk.leave(`output_config.${name}`);
  const tools = readTools(body["tools"], talk);
  leaveRest(body, read, talk);
  return {
    ...plainSettings,
    ...readSampling(body),
    system: talk.system,
    maxTokens: writeLimit(body["max_tokens"]),
    stop: writeStops(body["stop_sequences"], "stop_sequences", talk),
    thinking: readThinking(body, talk),
    tools,
    toolChoice: readToolChoice(body["tool_choice"], tools, talk),
    schema: readSchema(format ?? body["output_format"], "output_config.format", talk),
  };
}

const read: readonly string[] = [
  "model",
  "system",
  "messages",
  "temperature",
  "top_p",
  "max_tokens",
  "stop_sequences",
  "thinking",
  "output_config",
  "output_format",
  "tools",
  "tool_choice",
];
