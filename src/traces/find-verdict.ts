import { shorten } from "../errors.ts";
import type { Trace, TracedTurn, Verdict } from "./trace.ts";

/** What of a trace a verdict is made of: all of it is in the trace that anybody can export. */
export type Judged = Pick<Trace, "attempts" | "turns" | "answer" | "model"> & {
  readonly request: Pick<Trace["request"], "tools">;
};

const longestText = 300;

/** What a model may write around a call that nobody could read. */
const callMarks =
  /<\/?(?:tool|function|invoke|parameter)|\[TOOL_CALLS\]|<\|[^|]*(?:tool|call)|"(?:name|function|tool)"\s*:/i;

/** What opens a call. Thinking names tools and quotes what they gave; only this makes a call of it. */
const callOpenings = /<(?:tool_call|function|invoke)|\[TOOL_CALLS\]|<\|[^|]*(?:tool|call)/i;

/**
 * Says in one sentence why a request went as it went. The rules, of which the first that fits is taken, stand in docs/traces.md; a script can
 * follow them with the same fields.
 */
export function findVerdict(trace: Judged): Verdict {
  return judgeEnd(trace) ?? judgeTools(trace) ?? judgeAnswer(trace);
}

/** Of requests that have no whole answer. */
function judgeEnd({ attempts, turns, answer }: Judged): Verdict | undefined {
  if (answer.client_left) {
    const since = turns.some(({ first_ms: first }) => first !== null)
      ? "while the answer came"
      : "before anything came";
    return { code: "client-left", text: `The client closed the connection ${since}.` };
  }
  if (answer.error === null) return undefined;
  // A message is a sentence already, and here within one.
  const message = (answer.message ?? "no message").replace(/\.$/, "");
  const why = `${answer.error}: ${shorten(message, longestText)}`;
  if (attempts.length === 0)
    return { code: "refused", text: `Refused before any upstream was asked (${why}).` };
  if (turns.some(({ blocks }) => blocks.length > 0))
    return { code: "broken-off", text: `The answer broke off after it had begun (${why}).` };
  const tried = attempts.map(({ upstream, model, outcome }) => `${upstream}/${model} ${outcome}`).join(", ");
  return { code: "failed", text: `No upstream answered: ${tried}. Last: ${why}.` };
}

/** Of requests that offer tools. */
function judgeTools(trace: Judged): Verdict | undefined {
  const { turns, request } = trace;
  if (request.tools.length === 0) return undefined;
  const given = turns.filter(({ outcome }) => outcome === "kept").flatMap(({ blocks }) => blocks);
  const names = given.flatMap((block) => (block.kind === "tool_call" ? [block.name] : []));
  const again = describeRepairs(turns);
  if (names.length > 0) {
    const parts = turns.flatMap((turn) =>
      turn.parts.filter((part) => part.as === "tool_call").map((part) => ({ turn, part })),
    );
    // Of one that stands nowhere as it was given nobody knows where it came from: the gateway made it of something.
    const natively =
      parts.length > 0 && parts.every(({ turn, part }) => turn.raw[part.segment]?.kind === "tool_call");
    const mended = parts.some(({ part }) => part.mended === true);
    const how = `${natively ? "natively" : "as text, which the gateway read"}${mended ? " and mended" : ""}`;
    return {
      code: "tool-called",
      text: `The model called ${[...new Set(names)].join(", ")} ${how}.${again}`,
    };
  }
  const dropped = findUnread(turns, request.tools);
  if (dropped !== undefined) {
    return {
      code: "call-unreadable",
      text: `The model wrote something like a call, which could not be read: ${shorten(dropped, longestText)}.${again}`,
    };
  }
  if (turns.length === 0) return undefined;
  return {
    code: "tool-not-called",
    text: `Tools were offered, and the model answered with text and wrote no call.${again}`,
  };
}

/** A stretch that names a tool, or looks like a call, and became none. */
function findUnread(turns: readonly TracedTurn[], tools: readonly string[]): string | undefined {
  const last = turns.at(-1);
  if (last === undefined) return undefined;
  for (const { segment, from, to, as } of last.parts) {
    const { kind, text: whole } = last.raw[segment] ?? { kind: "text", text: "" };
    const text = whole.slice(from, to);
    // The thinking of a model whose client wanted none is dropped, too.
    const isThinking = as === "dropped" && (kind === "reasoning" || /^\s*<think/i.test(text));
    if (isThinking && !callOpenings.test(text)) continue;
    const names = tools.some((tool) => text.includes(tool));
    if (as === "dropped" && (names || callMarks.test(text))) return text;
    if (as === "text" && names && callMarks.test(text)) return text;
  }
  return undefined;
}

function describeRepairs(turns: readonly TracedTurn[]): string {
  const again = turns.filter(({ outcome }) => outcome === "asked_again");
  if (again.length === 0) return "";
  const reasons = [...new Set(again.flatMap(({ reason }) => reason ?? []))].join(", ");
  return ` It was asked again ${again.length === 1 ? "once" : `${again.length} times`} (${reasons}).`;
}

function judgeAnswer({ attempts, turns, answer, model }: Judged): Verdict {
  const again = describeRepairs(turns);
  if (answer.finish === "length")
    return {
      code: "cut",
      text: `The answer ends where its length was used up (max tokens, or the model's context).${again}`,
    };
  const last = attempts.at(-1);
  const who = last === undefined ? (model ?? "The gateway itself") : `${last.upstream}/${last.model}`;
  const failed = attempts.slice(0, -1);
  const before =
    failed.length === 0
      ? ""
      : `, after ${failed.map(({ upstream, model: id, outcome }) => `${upstream}/${id} (${outcome})`).join(", ")}`;
  return { code: "answered", text: `${who} answered${before}.${again}` };
}
