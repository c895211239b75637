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

function readMessage(message: Json, path: string, talk: Talk): void {
  const content = `${path}.content`;
  const role = text(message["role"]);
  if (role === "system" || role === "developer")
    talk.instruct(readContent(message["content"], content, talk).text, `${path} (${role})`);
  else if (role === "user") talk.say(readContent(message["content"], content, talk));
  else if (role === "assistant") {
    talk.answer(readContent(message["content"], content, talk).text);
    for (const [at, one] of list(message["tool_calls"]).entries()) {
      const call = object(one);
      const { name, arguments: given } = object(call["function"]);
      if (typeof name !== "string") talk.leave(`${path}.tool_calls[${at}] (${text(call["type"])})`);
      else talk.call({ id: text(call["id"]), name, arguments: text(given) });
    }
  } else if (role === "tool") {
    const result = readResult(message["content"], content, talk);
    talk.result(text(message["tool_call_id"]), { result, isError: false }, `${path} (tool)`);
  } else talk.leave(`${path} (${role})`);
}

/** Reads a body of `POST /v1/chat/completions`. */
export function readChatBody(body: Json, talk: Talk): Settings {
  const messages = list(body["messages"]);
  for (const [at, one] of messages.entries()) readMessage(object(one), `messages[${at}]`, talk);
  talk.end(`messages[${messages.length - 1}]`);
  const limit = body["max_completion_tokens"] ?? body["max_tokens"];
  const tools = readTools(body["tools"], talk);
  leaveRest(body, read, talk);
  return {
    ...plainSettings,
    ...readSampling(body),
    system: talk.system,
    maxTokens: writeLimit(limit),
    stop: writeStops(body["stop"], "stop", talk),
    thinking: readEffort(body["reasoning_effort"], "reasoning_effort", talk),
    tools,
    toolChoice: readToolChoice(body["tool_choice"], tools, talk),
    schema: readSchema(body["response_format"], "response_format", talk),
  };
}

const read: readonly string[] = [
  "model",
  "messages",
  "temperature",
  "top_p",
  "max_completion_tokens",
  "max_tokens",
  "stop",
  "reasoning_effort",
  "tools",
  "tool_choice",
  "response_format",
];
