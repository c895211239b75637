import { shorten } from "../../errors.ts";
import type { Paint } from "../../pretty/create-paint.ts";
import { toOneLine } from "../../pretty/entry.ts";
import { alignColumns } from "../align-columns.ts";
import type { TraceObject } from "./trace-object.ts";

/** So much of a part, or of what a model was told, is shown. */
const shownText = 120;

type Turn = TraceObject["turns"][number];

/** A trace for people: the verdict first, then what happened when, then what became of what the model wrote. */
export function describeTrace(trace: TraceObject, paint: Paint): string {
  const { verdict, request, answer } = trace;
  const facts: [string, string][] = [
    ["request", `${request.route}  ${trace.request_id}`],
    ["when", `${trace.created_at}, ${trace.ms} ms`],
    ["model", `${trace.requested_model ?? "none"}${trace.model === null ? "" : `: ${trace.model}`}`],
    ["key", trace.key ?? "none"],
    ["tools", request.tools.length === 0 ? "none" : request.tools.join(", ")],
    ["answer", describeAnswer(answer)],
  ];
  return `${[
    paint("bold", toOneLine(verdict.text)),
    "",
    ...alignColumns(
      facts.map(([name, value]) => [name, toOneLine(value)]),
      () => false,
    ),
    ...section("Upstreams asked", describeAttempts(trace)),
    ...section("Sent", describeExchanges(trace)),
    ...trace.turns.flatMap((turn, index) =>
      section(`Turn ${index + 1}: ${turn.outcome}`, describeTurn(turn)),
    ),
    "",
    "All of it, texts too: --json.",
  ].join("\n")}\n`;
}

function describeAnswer({ status, client_left: left, error, finish }: TraceObject["answer"]): string {
  const words = [status === null ? "no status" : String(status), error ?? finish ?? "no finish"];
  return [...words, ...(left ? ["the client left"] : [])].join(", ");
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines];
}

function describeAttempts({ attempts }: TraceObject): string[] {
  return alignColumns(
    attempts.map(({ upstream, model, outcome, ms }) => [
      toOneLine(`${upstream}/${model}`),
      outcome,
      `${ms} ms`,
    ]),
    (column) => column === 2,
  );
}

function describeExchanges({ exchanges }: TraceObject): string[] {
  return alignColumns(
    exchanges.map(({ at_ms: at, to, method, path, body }) => [
      `${at} ms`,
      toOneLine(`${to}: ${method} ${path}`),
      body === null ? "" : `${(body.text.length + (body.cut ?? 0)).toLocaleString("en")} characters`,
    ]),
    () => false,
  );
}

function describeTurn({
  began_ms: began,
  first_ms: first,
  ended_ms: ended,
  raw,
  parts,
  reason,
  told,
}: Turn): string[] {
  const times = [
    `began at ${began} ms`,
    first === null ? "nothing came" : `first words at ${first} ms`,
    ...(ended === null ? [] : [`over at ${ended} ms`]),
  ].join(", ");
  const rows = parts.map(({ segment, from, to, as, mended }) => [
    mended === true ? `${as}, mended` : as,
    `${from}-${to}`,
    cut(raw[segment]?.text.slice(from, to) ?? ""),
  ]);
  return [
    `  ${times}`,
    ...(reason === undefined ? [] : [`  ${reason}: ${cut(told ?? "")}`]),
    ...alignColumns(rows, () => false),
  ];
}

function cut(text: string): string {
  return shorten(toOneLine(text), shownText);
}
