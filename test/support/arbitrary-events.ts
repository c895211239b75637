import * as fc from "fast-check";

import type { ChatEvent, EventBatch, FinishReason, Usage } from "../../src/model/events.ts";
import { createPieceWriter } from "./create-piece-writer.ts";

/** One block of a random answer; `pieces` are its deltas. */
type Draft =
  | { readonly kind: "text" | "reasoning"; readonly pieces: readonly string[] }
  | {
      readonly kind: "tool-call";
      readonly callId: string;
      readonly name: string;
      readonly pieces: readonly string[];
    };

/** Text with everything that tempts an encoder: quotes, line ends, tags, half pairs never. */
const text = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
  fc.constantFrom("\n\n", '"', "\\", "data: x\n\n", "</think>", "\u2028", "é🙂", "event: message_stop\n"),
);

/** Cuts a string at any code unit, as tool arguments are. */
function cut(whole: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((place) => place % (whole.length + 1)))].sort((a, b) => a - b);
  const edges = [0, ...places, whole.length];
  return edges.slice(1).map((edge, index) => whole.slice(edges[index], edge));
}

/** Raw argument text: a JSON object, or nothing at all for a call without arguments. */
const argumentsText = fc.oneof(
  fc.constant(""),
  fc.constant("{}"),
  fc
    .dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
    .map((value) => JSON.stringify(value))
    // The SDKs' partial JSON parsers, which judge here, lose this key.
    .filter((json) => !json.includes("__proto__")),
);

const prose = fc.record({
  kind: fc.constantFrom("text" as const, "reasoning" as const),
  pieces: fc.array(text, { minLength: 1, maxLength: 5 }),
});

const toolCall = fc
  .record({
    name: fc.stringMatching(/^[A-Za-z_][\w-]{0,15}$/),
    whole: argumentsText,
    cuts: fc.array(fc.nat(), { maxLength: 4 }),
  })
  .map(({ name, whole, cuts }) => ({ kind: "tool-call" as const, name, pieces: cut(whole, cuts) }));

const count = fc.option(fc.nat(100_000), { nil: undefined });

const usage: fc.Arbitrary<Usage> = fc
  .record({
    input: count,
    output: count,
    part: fc.double({ min: 0, max: 1, noNaN: true }),
    estimated: fc.boolean(),
  })
  .map(({ input, output, part, estimated }) => ({
    ...(input === undefined ? {} : { inputTokens: input }),
    ...(output === undefined ? {} : { outputTokens: output, reasoningTokens: Math.floor(output * part) }),
    estimated,
  }));

function finishReason(hasCalls: boolean): fc.Arbitrary<FinishReason> {
  if (hasCalls) return fc.constantFrom<FinishReason>({ kind: "tool-calls" }, { kind: "length" });
  return fc.constantFrom<FinishReason>(
    { kind: "stop" },
    { kind: "stop", stopSequence: "END" },
    { kind: "length", raw: "length" },
    { kind: "content-filter" },
    { kind: "other", raw: "unknown" },
  );
}

/** Writes a draft as events; empty argument pieces disappear, as the block writer promises. */
function toEvents(drafts: readonly Draft[], reason: FinishReason, counts: Usage): readonly ChatEvent[] {
  const writer = createPieceWriter("DeepSeek-V3.2");
  for (const draft of drafts) {
    if (draft.kind === "tool-call") {
      writer.openToolCall(draft.callId, draft.name);
      for (const piece of draft.pieces) writer.writeArguments(piece);
    } else {
      for (const piece of draft.pieces) writer.write(draft.kind, piece);
    }
    writer.close();
  }
  writer.finish(reason, counts);
  return writer.take();
}

/**
 * Any legal answer: blocks of all kinds in any order (equal neighbours too, and none at all), call ids unique,
 * tool arguments valid JSON objects or empty, cut anywhere, with any finish and any knowledge of usage.
 */
export function arbitraryEvents(): fc.Arbitrary<readonly ChatEvent[]> {
  return fc
    .array(fc.oneof(prose, toolCall), { maxLength: 6 })
    .map((blocks): Draft[] =>
      blocks.map((block, index) =>
        block.kind === "tool-call" ? { ...block, callId: `call_${index}Xy` } : block,
      ),
    )
    .chain((drafts) =>
      fc
        .tuple(finishReason(drafts.some((draft) => draft.kind === "tool-call")), usage)
        .map(([reason, counts]) => toEvents(drafts, reason, counts)),
    );
}

/** The same, as network reads bring it: in batches of any size. */
export function arbitraryBatches(): fc.Arbitrary<readonly EventBatch[]> {
  return fc
    .tuple(arbitraryEvents(), fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 20 }))
    .map(([events, sizes]) => {
      const batches: EventBatch[] = [];
      let rest = events;
      for (const size of sizes) {
        if (rest.length === 0) break;
        batches.push(rest.slice(0, size));
        rest = rest.slice(size);
      }
      return rest.length === 0 ? batches : [...batches, rest];
    });
}
