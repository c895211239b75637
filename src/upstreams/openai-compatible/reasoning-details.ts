import { asList, asObject, type JsonObject } from "./read-json.ts";

/** Gathers OpenRouter's `reasoning_details`, which the next turn gives back as they were. */
export interface ReasoningDetails {
  push(details: unknown): void;
  readonly all: readonly JsonObject[];
}

const joined: ReadonlySet<string> = new Set(["text", "summary", "data", "signature"]);

/** Creates one. Pieces of one detail (the same index and type, one behind the other) become one; of other members the last counts. */
export function createReasoningDetails(): ReasoningDetails {
  const all: JsonObject[] = [];
  return {
    all,
    push(details) {
      for (const item of asList(details)) {
        const piece = asObject(item);
        if (piece === undefined) continue;
        const last = all.at(-1);
        const goesOn =
          last !== undefined && last["index"] === piece["index"] && last["type"] === piece["type"];
        if (goesOn && piece["index"] !== undefined) all[all.length - 1] = join(last, piece);
        else all.push(piece);
      }
    },
  };
}

function join(detail: JsonObject, piece: JsonObject): JsonObject {
  const members = Object.entries(piece).filter(([, value]) => value !== null && value !== undefined);
  return {
    ...detail,
    ...Object.fromEntries(
      members.map(([key, value]) => {
        const before = detail[key];
        const isText = joined.has(key) && typeof before === "string" && typeof value === "string";
        return [key, isText ? before + value : value];
      }),
    ),
  };
}
