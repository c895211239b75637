import type { AnswerTurn, Call, Turn } from "../chat.ts";
import { type Json, list, object, text } from "./json.ts";

/** What of a message a chat can show. */
export interface Said {
  readonly text: string;
  /** Data URLs. */
  readonly images: readonly string[];
}

/** Gathers what was said in a request, as turns of a chat, and the names of all that a chat has no place for. */
export interface Talk {
  readonly turns: readonly Turn[];
  readonly system: string;
  /** By the names of the API, such as `messages[2].content[1] (file)`. */
  readonly left: readonly string[];
  /** Words of the operator of the client: before all else they are the system prompt; later a chat has no place for them. */
  instruct(words: string, path: string): void;
  say(said: Said): void;
  answer(words: string): void;
  /** Belongs to the answer before it, unless what came of that is told already. */
  call(call: Pick<Call, "id" | "name" | "arguments">): void;
  /** What came of a call; of one that nobody made there is nothing to show. */
  result(id: string, told: { readonly result: string; readonly isError: boolean }, path: string): void;
  leave(path: string): void;
  /** The list of messages is over: an answer at its end was to be gone on with, which a chat does not do. */
  end(path: string): void;
}

/** Creates one; `model` is whose the answers were. */
export function createTalk(model: string): Talk {
  const turns: Turn[] = [];
  const left: string[] = [];
  const system: string[] = [];
  const nextId = () => `opened-${turns.length}`;

  function answer(words: string): AnswerTurn {
    const turn = {
      kind: "answer",
      id: nextId(),
      model,
      state: "done",
      thinking: "",
      text: words,
      calls: [],
    } as const;
    turns.push(turn);
    return turn;
  }

  function change(place: number, calls: readonly Call[]): void {
    const turn = turns[place];
    if (turn?.kind === "answer") turns[place] = { ...turn, calls };
  }

  return {
    turns,
    left,
    get system() {
      return system.join("\n\n");
    },
    instruct(words, path) {
      if (turns.length > 0) left.push(path);
      else if (words !== "") system.push(words);
    },
    say({ text: words, images }) {
      if (words !== "" || images.length > 0) turns.push({ kind: "user", id: nextId(), text: words, images });
    },
    answer,
    call(call) {
      const last = turns.at(-1);
      const isOpen = last?.kind === "answer" && last.calls.every(({ result }) => result === undefined);
      const { calls } = isOpen ? last : answer("");
      change(turns.length - 1, [...calls, call]);
    },
    result(id, told, path) {
      const place = turns.findLastIndex(
        (turn) =>
          turn.kind === "answer" && turn.calls.some((call) => call.id === id && call.result === undefined),
      );
      const turn = turns[place];
      if (turn?.kind !== "answer") left.push(path);
      else
        change(
          place,
          turn.calls.map((call) => (call.id === id ? { ...call, ...told } : call)),
        );
    },
    leave: (path) => left.push(path),
    end(path) {
      const last = turns.at(-1);
      if (last?.kind === "answer" && last.calls.length === 0) left.push(`${path} (prefill)`);
    },
  };
}

/** A picture that the page may show: of another's server it loads nothing. */
const shownPicture = /^data:image\/(?:png|jpeg|webp|gif);base64,/i;

/** The picture of a part; `undefined`: there is none, or none that can be shown. */
function readPicture(part: Json): string | undefined {
  const source = object(part["source"]);
  const url =
    source["type"] === "base64"
      ? `data:${text(source["media_type"])};base64,${text(source["data"])}`
      : text(object(part["image_url"])["url"]) || text(part["image_url"]);
  return shownPicture.test(url) ? url : undefined;
}

/** Parts that hold thinking, which a chat leaves out. */
const thinking: ReadonlySet<string> = new Set(["thinking", "redacted_thinking", "reasoning"]);
const words: ReadonlySet<string> = new Set(["text", "input_text", "output_text"]);

/** Reads a content, of a message or of what came of a call: a text, or parts of it. `take` takes parts of other kinds, if it can. */
export function readContent(
  content: unknown,
  path: string,
  talk: Pick<Talk, "leave">,
  take: (part: Json, path: string) => boolean = () => false,
): Said {
  if (typeof content === "string") return { text: content, images: [] };
  const texts: string[] = [];
  const images: string[] = [];
  for (const [at, one] of list(content).entries()) {
    const part = object(one);
    const type = text(part["type"]);
    const picture = readPicture(part);
    const here = `${path}[${at}]`;
    if (words.has(type)) texts.push(text(part["text"]));
    else if (picture !== undefined) images.push(picture);
    else if (!thinking.has(type) && !take(part, here)) talk.leave(`${here} (${type})`);
  }
  return { text: texts.join("\n\n"), images };
}

/** Reads what came of a call, which is a text. */
export function readResult(content: unknown, path: string, talk: Pick<Talk, "leave">): string {
  const { text: result, images } = readContent(content, path, talk);
  if (images.length > 0) talk.leave(`${path} (image)`);
  return result;
}
