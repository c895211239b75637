import type { AnswerState, AnswerTurn, Call, Chat, Lane, Settings, Turn, UserTurn } from "./chat.ts";
import { plainSettings } from "./chat.ts";
import type { ChatHead } from "./chat-heads.ts";

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isText = (value: unknown): value is string => typeof value === "string";
const areTexts = (fields: Fields, names: readonly string[]): boolean =>
  names.every((name) => isText(fields[name]));

const isPicture = (value: unknown): value is string => isText(value) && value.startsWith("data:image/");
const states: readonly unknown[] = [
  "waiting",
  "streaming",
  "done",
  "stopped",
  "cut",
  "failed",
] satisfies AnswerState[];

function readTurn(value: unknown): Turn | undefined {
  const turn = fieldsOf(value);
  if (turn["kind"] === "user" && areTexts(turn, ["id", "text"]))
    return { ...(turn as unknown as UserTurn), images: listOf(turn["images"]).filter(isPicture) };
  if (turn["kind"] !== "answer" || !areTexts(turn, ["id", "model", "thinking", "text"])) return undefined;
  if (!states.includes(turn["state"])) return undefined;
  const calls = listOf(turn["calls"]).filter((call) => areTexts(fieldsOf(call), ["id", "name", "arguments"]));
  return { ...(turn as unknown as AnswerTurn), calls: calls as readonly Call[] };
}

function readLane(value: unknown): Lane | undefined {
  const { model, turns } = fieldsOf(value);
  if (!isText(model)) return undefined;
  return {
    model,
    turns: listOf(turns)
      .map(readTurn)
      .filter((turn) => turn !== undefined),
  };
}

/** What is of the form that the plain settings have. */
function readSettings(value: unknown): Settings {
  const given = fieldsOf(value);
  const fitting = Object.entries(plainSettings).map(([name, usual]) => [
    name,
    typeof given[name] === typeof usual ? given[name] : usual,
  ]);
  const settings = Object.fromEntries(fitting) as Settings;
  const isTool = (tool: unknown) => areTexts(fieldsOf(tool), ["name", "description", "parameters"]);
  return { ...settings, tools: listOf(settings.tools).filter(isTool) as Settings["tools"] };
}

/**
 * Reads a chat that this browser has kept, which another version of the page, or its reader, may have written: what is of no use is left out.
 * `undefined`: nothing is left of it.
 */
export function readStoredChat(value: unknown): Chat | undefined {
  const { id, title, at, settings, lanes } = fieldsOf(value);
  const read = listOf(lanes)
    .map(readLane)
    .filter((lane) => lane !== undefined);
  if (!isText(id) || read.length === 0) return undefined;
  return {
    id,
    title: isText(title) ? title : "",
    at: typeof at === "number" ? at : 0,
    settings: readSettings(settings),
    lanes: read,
  };
}

/** The same of the head of a chat. */
export function readStoredHead(value: unknown): ChatHead | undefined {
  const { id, title, at, bytes } = fieldsOf(value);
  if (!isText(id)) return undefined;
  return {
    id,
    title: isText(title) ? title : "",
    at: typeof at === "number" ? at : 0,
    bytes: typeof bytes === "number" ? bytes : 0,
  };
}
