import type { AnswerTurn, Call, Progress } from "./chat.ts";
import { readObject } from "./read-settings.ts";

/** The heads of an answer that tell of it (docs/api.md, "Response headers"). */
export function readHead(answer: AnswerTurn, head: (name: string) => string | null): AnswerTurn {
  const [upstream, requestId, ignored] = ["x-upstream", "x-request-id", "x-ignored-parameters"].map(
    (name) => head(name) ?? undefined,
  );
  return {
    ...answer,
    ...(upstream === undefined ? {} : { upstream: upstream.split("/", 1)[0] ?? upstream }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(ignored === undefined ? {} : { ignored }),
    ...(head("x-trace") === null ? {} : { isTraced: true }),
  };
}

type Json = Readonly<Record<string, unknown>>;

function object(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const count = (value: unknown): number => (typeof value === "number" ? value : 0);

function addCalls(calls: readonly Call[], deltas: readonly unknown[]): readonly Call[] {
  const grown = [...calls];
  for (const delta of deltas.map(object)) {
    const at = typeof delta["index"] === "number" ? delta["index"] : grown.length;
    const part = object(delta["function"]);
    const known = grown[at] ?? { id: text(delta["id"]), name: text(part["name"]), arguments: "" };
    grown[at] = { ...known, arguments: known.arguments + text(part["arguments"]) };
  }
  return grown;
}

function readUsage(value: unknown): Pick<AnswerTurn, "usage"> {
  if (typeof value !== "object" || value === null) return {};
  const usage = object(value);
  const thinking = count(object(usage["completion_tokens_details"])["reasoning_tokens"]);
  return {
    usage: { input: count(usage["prompt_tokens"]), output: count(usage["completion_tokens"]), thinking },
  };
}

/** The error of a stream's frame; `undefined`: the frame is none. */
export function readErrorFrame(data: string): string | undefined {
  const error = readObject(data)?.["error"];
  return error === undefined ? undefined : text(object(error)["message"]) || "The gateway told of an error.";
}

/** Takes a chunk of Chat Completions into an answer; `ms` after the request. A heartbeat changes nothing. */
export function addChunk(answer: AnswerTurn, data: string, ms: number): AnswerTurn {
  const chunk = readObject(data);
  if (chunk === undefined) return answer;
  const choice = object(list(chunk["choices"])[0]);
  const delta = object(choice["delta"]);
  const [thinking, said, calls] = [
    text(delta["reasoning_content"]),
    text(delta["content"]),
    list(delta["tool_calls"]),
  ];
  const finish = text(choice["finish_reason"]);
  const hasMore = said !== "" || calls.length > 0;
  const grown: AnswerTurn = {
    ...answer,
    ...readUsage(chunk["usage"]),
    ...(finish === "" ? {} : { finish }),
  };
  if (!hasMore && thinking === "") return grown;
  return {
    ...grown,
    state: "streaming",
    firstMs: answer.firstMs ?? ms,
    thinking: answer.thinking + thinking,
    text: answer.text + said,
    calls: addCalls(answer.calls, calls),
    ...(hasMore && answer.thinking !== "" ? { thoughtMs: answer.thoughtMs ?? ms } : {}),
  };
}

/** How a picture is doing, of a comment in the stream of the images API; `undefined`: it is another comment. */
export function readProgress(comment: string): Progress | undefined {
  const told = comment.startsWith("progress ") ? readObject(comment.slice("progress ".length)) : undefined;
  if (told === undefined) return undefined;
  const place = told["queue_position"];
  return { status: text(told["status"]), queuePosition: typeof place === "number" ? place : undefined };
}

/** Takes a picture that was drawn into an answer, as Markdown: so the chat goes on from it as chats with picture models do. */
export function addPicture(answer: AnswerTurn, data: string, prompt: string, ms: number): AnswerTurn {
  const event = readObject(data) ?? {};
  const [url, bytes] = [text(event["url"]), text(event["b64_json"])];
  const format = text(event["output_format"]) || "webp";
  const source = url === "" && bytes !== "" ? `data:image/${format};base64,${bytes}` : url;
  if (source === "") return answer;
  const alt = (text(event["revised_prompt"]) || prompt).replaceAll(/[[\]\\\s`*_]+/g, " ").trim();
  return {
    ...answer,
    state: "streaming",
    firstMs: answer.firstMs ?? ms,
    text: `${answer.text}${answer.text === "" ? "" : "\n\n"}![${alt}](${source})`,
  };
}

/** The answer when its stream is over. `isWhole`: it was ended as the API ends it. */
export function endAnswer(
  answer: AnswerTurn,
  end: { readonly ms: number; readonly isWhole: boolean; readonly problem?: AnswerTurn["problem"] },
): AnswerTurn {
  const { progress: _, ...rest } = answer;
  const { ms, isWhole, problem } = end;
  const ended = { ...rest, ms, ...(answer.thinking !== "" ? { thoughtMs: answer.thoughtMs ?? ms } : {}) };
  if (isWhole) return { ...ended, state: "done" };
  const told = problem ?? { by: "end", message: "" };
  return { ...ended, state: answer.firstMs === undefined ? "failed" : "cut", problem: told };
}
