import { GatewayError } from "../errors.ts";
import type { BlockWriter } from "../model/block-writer.ts";
import { endedByModel } from "../model/ended-by-model.ts";
import type { FinishReason, Usage } from "../model/events.ts";
import type { Mutable } from "../model/mutable.ts";
import type { ResponseFormat } from "../model/request.ts";
import { compileJsonSchema, type SchemaCheck } from "./schema/compile-json-schema.ts";
import type { CheckBudget } from "./schema/check-budget.ts";
import { loneBudget, type SchemaWork } from "./schema/schema-work.ts";
import { createAnswerReader } from "./json/answer-reader.ts";
import { createJsonJudge, type Verdict } from "./json/judge-json.ts";
import { repairJson } from "./repair-json.ts";
import { rewriteEvents } from "./rewrite-events.ts";
import { rootTypes, type RootType } from "./schema/root-types.ts";
import type { RepairableShaper } from "./shaper.ts";

/** A response format that wants JSON. */
export type JsonFormat = Exclude<ResponseFormat, { kind: "text" }>;

/** Settings of `constrainJson`. */
export interface JsonOptions {
  readonly format: JsonFormat;
  /** Nothing is given before the whole value was checked: for callers that see nothing before the end anyway. */
  readonly hold: boolean;
  /** Default: the format stands for itself. */
  readonly work?: SchemaWork;
}

const longestQuote = 200;
/** Of what is too large to be shown again; UTF-16 units. */
const longestAttempt = 2000;
const fence = "```";
const noJson = "it holds no JSON";
const brokenJson = "its JSON is broken or incomplete";

/**
 * Makes the text of an answer one JSON value: leaves out fences and chatter, mends small faults, and checks the
 * value at its end, against the schema if there is one. As long as nothing was given, faults of any place are mended
 * and values brought into the form that the schema wants where only one reading is possible. A wrong answer of which
 * nothing was given yet is a `problem`; one that was streamed already throws `output-invalid`. An answer cut by
 * `length` or a filter is given as it is and keeps its reason; an answer that calls tools needs no JSON. Throws
 * `invalid-request` for a schema that is none.
 */
export function constrainJson(options: JsonOptions): RepairableShaper {
  const { format, work } = options;
  const budget = work?.budget ?? loneBudget;
  const check: SchemaCheck | undefined =
    format.kind === "json-schema" ? compileJsonSchema(format.schema, undefined, work) : undefined;
  const schema = format.kind === "json-schema" ? format.schema : undefined;
  const types: ReadonlySet<RootType> = schema === undefined ? new Set(["object"]) : rootTypes(schema);
  // Where a scalar would do, only the whole text shows what it is.
  const hold = options.hold || types.has("scalar");
  const judge = createJsonJudge({ schema, types, check, budget });
  const reader = createAnswerReader({
    brackets: [
      ...(types.has("object") ? (["{"] as const) : []),
      ...(types.has("array") ? (["["] as const) : []),
    ],
    schema,
    name: format.kind === "json-schema" ? format.name : undefined,
    hold,
    budget,
    judge,
  });
  const answer: string[] = [];
  let sent = false;
  let callsTools = false;
  let reason = "";

  function give(out: BlockWriter, text: string): void {
    if (text === "") return;
    out.write("text", text);
    sent = true;
  }

  function fail(): GatewayError {
    const said = answer.join("").trim().slice(0, longestQuote);
    const quote = said === "" ? "It wrote no text." : `It wrote: ${said}`;
    return new GatewayError(
      "output-invalid",
      `The model did not answer with the JSON asked for: ${reason}. ${quote}`,
      { answer: said === "" ? undefined : said },
    );
  }

  /** What may be given of what was read: for a stream at once. */
  function giveRead(out: BlockWriter, text: string): void {
    give(out, text);
    if (!hold && !sent && reader.state === "found") give(out, reader.value());
  }

  function finish(out: BlockWriter, end: FinishReason, usage: Usage): void {
    const isCut = !endedByModel(end) || end.stopSequence !== undefined;
    if (isCut || callsTools || end.kind === "tool-calls") {
      if (!sent || reader.state === "streaming") give(out, reader.held());
      out.finish(end, usage);
      return;
    }
    giveRead(out, reader.end());
    const verdict: Verdict = conclude();
    if (verdict.kind === "fits") {
      if (!sent) give(out, verdict.text);
      out.finish(end, usage);
      return;
    }
    const none = /[{[]/.test(answer.join("")) ? brokenJson : noJson;
    reason = verdict.kind === "no-json" ? none : verdict.reason;
    if (sent) throw fail();
    const text = answer.join("");
    const attempt = verdict.kind === "excess" ? text.slice(0, longestAttempt) : text;
    shaper.problem = { message: toProblemMessage(reason), attempt };
  }

  /** Tries the ways to read the whole answer, strictest first. */
  function conclude(): Verdict {
    if (reader.state === "found") return { kind: "fits", text: reader.value() };
    if (reader.state === "streamed") return judge.fits(reader.value());
    if (sent) return { kind: "no-json" };
    let first: Verdict = reader.verdict;
    if (first.kind === "excess") return first;
    const text = answer.join("");
    const ways = [
      ...(types.has("scalar") ? [() => withoutFence(text), () => JSON.stringify(withoutFence(text))] : []),
      ...(/[{[]/.test(text) ? [() => tryRepair(fromFirstBracket(text), budget)] : []),
    ];
    for (const way of ways) {
      const json = way();
      const verdict: Verdict = json === undefined ? { kind: "no-json" } : judge.read(json);
      if (verdict.kind === "fits") return verdict;
      if (first.kind === "no-json") first = verdict;
    }
    return first;
  }

  const rewriter = rewriteEvents({
    text(out, text) {
      answer.push(text);
      giveRead(out, reader.push(text));
    },
    toolCall() {
      callsTools = true;
    },
    finish,
  });

  const shaper: Mutable<RepairableShaper> = {
    problem: undefined,
    repairReason: "invalid-json",
    push: (event) => rewriter.push(event),
    flush: () => rewriter.flush(),
    giveUp() {
      throw fail();
    },
  };
  return shaper;
}

function toProblemMessage(reason: string): string {
  return (
    `That answer can't be used: ${reason}. Answer again, with nothing but the JSON: ` +
    "no explanation, no code fence, all required fields."
  );
}

/** Mends a text; `undefined` if it is nothing of the kind, or takes too long. */
function tryRepair(text: string, budget: CheckBudget): string | undefined {
  try {
    return repairJson(text, budget);
  } catch {
    // Not JSON: the next way of reading may do.
    return undefined;
  }
}

/** What stands in a code fence that is the whole text. */
function withoutFence(text: string): string {
  const trimmed = text.trim();
  const begin = trimmed.indexOf("\n") + 1;
  const end = trimmed.length - fence.length;
  const isFenced = trimmed.startsWith(fence) && trimmed.endsWith(fence) && begin > 0 && begin <= end;
  return isFenced ? trimmed.slice(begin, end).trim() : trimmed;
}

function fromFirstBracket(text: string): string {
  const start = text.search(/[{[]/);
  const end = Math.max(text.lastIndexOf("}"), text.lastIndexOf("]"));
  return start === -1 ? text : text.slice(start, end > start ? end + 1 : undefined);
}
