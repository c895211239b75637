import { plainSettings, type Effort, type Settings } from "../chat.ts";
import { type Json, list, object, text } from "./json.ts";
import { leaveRest, readEffort, readSampling, readTools, writeLimit, writeStops } from "./read-wishes.ts";
import type { Said, Talk } from "./talk.ts";

/** How base64 of pictures that the page may show begins. */
const beginnings: readonly (readonly [beginning: string, type: string])[] = [
  ["iVBORw0KGgo", "png"],
  ["/9j/", "jpeg"],
  ["UklGR", "webp"],
  ["R0lGOD", "gif"],
];

function readPictures(images: unknown, path: string, talk: Pick<Talk, "leave">): Said["images"] {
  return list(images).flatMap((one, at) => {
    const [, base64 = ""] = /^(?:data:[^,]*,)?([^]*)$/.exec(text(one)) ?? [];
    const type = beginnings.find(([beginning]) => base64.startsWith(beginning))?.[1];
    if (type === undefined) talk.leave(`${path}[${at}]`);
    return type === undefined ? [] : [`data:image/${type};base64,${base64}`];
  });
}

/** A call that waits for its result, in the order of calls: results need not say which they answer. */
interface WaitingCall {
  readonly id: string;
  readonly name: string;
}

/** Takes the call that a result answers out of those that wait: by its id, else its name, else the first. */
function takeCall(waiting: WaitingCall[], message: Json): string {
  const [id, name] = [text(message["tool_call_id"]), text(message["tool_name"])];
  const byName = waiting.findIndex((call) => call.name === name);
  const at = id === "" ? Math.max(byName, 0) : waiting.findIndex((call) => call.id === id);
  return at < 0 ? id : (waiting.splice(at, 1)[0]?.id ?? "");
}

function readMessage(message: Json, path: string, talk: Talk, waiting: WaitingCall[]): void {
  const { role, content } = message;
  const words = text(content);
  const images = () => readPictures(message["images"], `${path}.images`, talk);
  if (role === "system" || role === "developer") talk.instruct(words, `${path} (${role})`);
  else if (role === "user") talk.say({ text: words, images: images() });
  else if (role === "tool") {
    talk.result(takeCall(waiting, message), { result: words, isError: false }, `${path} (tool)`);
    if (list(message["images"]).length > 0) talk.leave(`${path}.images`);
  } else if (role === "assistant") {
    talk.answer(words);
    for (const [at, one] of list(message["tool_calls"]).entries()) {
      const { id, function: called } = object(one);
      const { name, arguments: given } = object(called);
      const call = { id: text(id) || `${path}.tool_calls[${at}]`, name: text(name) };
      waiting.push(call);
      talk.call({ ...call, arguments: typeof given === "string" ? given : JSON.stringify(given ?? {}) });
    }
  } else talk.leave(`${path} (${text(role)})`);
}

function readThink(think: unknown, talk: Pick<Talk, "leave">): Effort {
  if (typeof think === "boolean") return think ? "medium" : "none";
  return readEffort(think, "think", talk);
}

/** `format` is a schema itself, or the word `json`. */
function readFormat(format: unknown, talk: Pick<Talk, "leave">): string {
  if (format === undefined || format === null || format === "") return "";
  if (typeof format === "object") return JSON.stringify(format, undefined, 2);
  talk.leave("format");
  return "";
}

/** What both routes say beside the conversation; `read`: fields of the route alone. */
function readSettings(body: Json, read: readonly string[], talk: Talk): Settings {
  const options = object(body["options"]);
  for (const [name, value] of Object.entries(options)) {
    if (!["temperature", "top_p", "num_predict", "stop"].includes(name) && value !== null)
      talk.leave(`options.${name}`);
  }
  leaveRest(body, ["model", "options", "think", "format", "keep_alive", ...read], talk);
  return {
    ...plainSettings,
    ...readSampling(options),
    system: talk.system,
    maxTokens: writeLimit(options["num_predict"]),
    stop: writeStops(options["stop"], "options.stop", talk),
    thinking: readThink(body["think"], talk),
    schema: readFormat(body["format"], talk),
  };
}

/** Reads a body of `POST /api/chat`. */
export function readOllamaBody(body: Json, talk: Talk): Settings {
  const messages = list(body["messages"]);
  const waiting: WaitingCall[] = [];
  for (const [at, one] of messages.entries()) readMessage(object(one), `messages[${at}]`, talk, waiting);
  talk.end(`messages[${messages.length - 1}]`);
  const tools = readTools(body["tools"], talk);
  return { ...readSettings(body, ["messages", "tools"], talk), tools };
}

/** Reads a body of `POST /api/generate`: its prompt is what the user says. */
export function readOllamaPrompt(body: Json, talk: Talk): Settings {
  talk.instruct(text(body["system"]), "system");
  talk.say({ text: text(body["prompt"]), images: readPictures(body["images"], "images", talk) });
  return readSettings(body, ["system", "prompt", "images"], talk);
}
