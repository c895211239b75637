import { GatewayError } from "../errors.ts";
import type { BlockWriter } from "../model/block-writer.ts";
import type { FinishReason, Usage } from "../model/events.ts";
import type { Mutable } from "../model/mutable.ts";
import type { ResponseFormat } from "../model/request.ts";
import { compileJsonSchema, type SchemaCheck } from "./schema/compile-json-schema.ts";
import type { CheckBudget } from "./schema/check-budget.ts";
import { loneBudget, type SchemaWork } from "./schema/schema-work.ts";
import { createJsonReader, type JsonReader } from "./create-json-reader.ts";
import { findExcess, parseBounded } from "./parse-bounded.ts";
import { repairJson } from "./repair-json.ts";
import { rewriteEvents } from "./rewrite-events.ts";
import { rootTypes, type RootType } from "./schema/root-types.ts";
import type { RepairableShaper } from "./shaper.ts";
import { absent, coerceToSchema } from "./schema/coerce-to-schema.ts";

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

/** What one answer comes to. */
type Verdict =
  | { readonly kind: "valid"; readonly text: string }
  | {
      readonly kind: "invalid";
      readonly reason: string;
      /** Whether it is too large: then it would not fit into another turn either. */
      readonly isExcess?: boolean;
    };

const longestQuote = 200;
/** Of what is too large to be shown again; UTF-16 units. */
const longestAttempt = 2000;
const fence = "```";

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
  const types: ReadonlySet<RootType> =
    format.kind === "json-schema" ? rootTypes(format.schema) : new Set(["object"]);
  // Where a scalar would do, only the whole text shows what it is.
  const hold = options.hold || types.has("scalar");
  const reader = createJsonReader([
    ...(types.has("object") ? (["{"] as const) : []),
    ...(types.has("array") ? (["["] as const) : []),
  ]);
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

  function finish(out: BlockWriter, end: FinishReason, usage: Usage): void {
    const isCut = end.kind === "length" || end.kind === "content-filter" || end.stopSequence !== undefined;
    if (isCut || callsTools || end.kind === "tool-calls") {
      if (hold) give(out, reader.value());
      out.finish(end, usage);
      return;
    }
    const text = answer.join("");
    const verdict = judge({ reader, text, format, types, check, budget, mayRepair: !sent });
    if (verdict.kind === "valid") {
      give(out, sent ? verdict.text.slice(reader.value().length) : verdict.text);
      out.finish(end, usage);
      return;
    }
    reason = verdict.reason;
    if (sent) throw fail();
    const attempt = verdict.isExcess === true ? text.slice(0, longestAttempt) : text;
    shaper.problem = { message: toProblemMessage(reason), attempt };
  }

  const rewriter = rewriteEvents({
    text(out, text) {
      answer.push(text);
      const value = reader.push(text);
      if (!hold) give(out, value);
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

interface Answer {
  readonly reader: JsonReader;
  readonly text: string;
  readonly format: JsonFormat;
  readonly types: ReadonlySet<RootType>;
  readonly check: SchemaCheck | undefined;
  readonly budget: CheckBudget;
  /** Nothing was given, so the value may be changed anywhere. */
  readonly mayRepair: boolean;
}

/** Tries the ways to read an answer, strictest first. The reason given is that of the first that was JSON at all. */
function judge({ reader, text, format, types, check, budget, mayRepair }: Answer): Verdict {
  const excess = findExcess(reader.value());
  if (excess !== undefined) return { kind: "invalid", reason: `it ${excess}`, isExcess: true };
  let reason: string | undefined;
  const candidates = [
    () => reader.value() + reader.closers(),
    ...(types.has("scalar") ? [() => withoutFence(text), () => JSON.stringify(withoutFence(text))] : []),
    ...(mayRepair && /[{[]/.test(text) ? [() => repairJson(fromFirstBracket(text), budget)] : []),
  ];
  for (const candidate of candidates) {
    const parsed = parse(candidate, budget);
    if (parsed === undefined) continue;
    const wrong = types.has(parsed.type)
      ? check?.(parsed.value)
      : `its root is not an ${types.has("object") ? "object" : "array"}`;
    if (wrong === undefined) return { kind: "valid", text: parsed.text };
    if (mayRepair && format.kind === "json-schema" && types.has(parsed.type)) {
      const { schema } = format;
      const coerced = budget.change(parsed.text.length, () => {
        const value = coerceToSchema(parsed.value, schema, schema);
        return value === absent ? undefined : { value, text: JSON.stringify(value) };
      })?.done;
      if (coerced !== undefined && check?.(coerced.value) === undefined)
        return { kind: "valid", text: coerced.text };
    }
    reason ??= wrong;
  }
  const none = reader.state === "seeking" ? "it holds no JSON" : "its JSON is broken or incomplete";
  return { kind: "invalid", reason: reason ?? none };
}

function parse(
  candidate: () => string,
  budget: CheckBudget,
): { text: string; value: unknown; type: RootType } | undefined {
  try {
    const text = candidate();
    const value = budget.convert(text.length, () => parseBounded(text));
    const type = Array.isArray(value)
      ? "array"
      : typeof value === "object" && value !== null
        ? "object"
        : "scalar";
    return { text, value, type };
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
