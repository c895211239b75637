import { GatewayError, toLimitKind, type ErrorKind } from "../../errors.ts";
import { describeWait, soundsTooLong } from "./exhausted-error.ts";
import { findWait } from "../http/find-wait.ts";
import { redact } from "../http/redact.ts";

/** Texts of back ends, first match wins. Which ones occur was seen in recordings of the application. */
const rules: readonly (readonly [pattern: RegExp, kind: ErrorKind])[] = [
  [/invalid model name|model .{0,200}(?:does not exist|not found)|model_not_found/i, "model-not-found"],
  [
    /rate.?limit|\b429\b|too many requests|tokens per (?:minute|hour|day)|too many tokens, please wait/i,
    "rate-limited",
  ],
  [
    /context.?length|maximum context|context window|too long for this model|too much content/i,
    "context-length",
  ],
  [/^(?:invalid argument|invalid prompt|unsupported role)/i, "invalid-request"],
  [/^terminated$/i, "upstream-truncated"],
];

/** The words of the application's SDK. The model's arguments are not told. */
const nativeCall = /^model tried to call unavailable tool(?: '(.{1,200}?)'(?=\.|$))?/is;

const explanations: ReadonlyMap<string, string> = new Map([
  ["terminated", "Akash Chat lost the connection to its model in the middle of the answer."],
  ["[object Object]", "The model's back end failed in the middle of the answer without saying why."],
]);

/**
 * How long a busy back end is left alone when it names no time. The application has tried three times by then, with pauses
 * of 2 s and 4 s: what did not help in 6 s will not help at once. The usage limit, which lasts for hours, is never told
 * in such a text.
 */
const busyMs = 5000;

/** What tells the kind stands at the beginning; a text of megabytes is not searched to its end. */
const searched = 4096;

/**
 * Makes an error of what the application reports inside a reply of status 200, or (`refused`) as the text of a 400, after
 * which another try would be refused too.
 */
export function decodeErrorText(text: string, { refused = false } = {}): GatewayError {
  const head = text.slice(0, searched);
  const call = nativeCall.exec(head);
  if (call !== null) return createNativeCallError(call[1]);
  const kind = rules.find(([pattern]) => pattern.test(head))?.[1] ?? "upstream-unavailable";
  if (kind === "rate-limited") return createBusyError(text, findWait(head) ?? busyMs);
  const message = explanations.get(text) ?? `Akash Chat reports: ${redact(text)}`;
  const passes = !(refused && kind === "upstream-unavailable");
  return new GatewayError(kind, message, passes ? {} : { shouldRetry: false });
}

/**
 * One model's back end has a limit of its own. Of a long one its words, which speak of "again", are left out, and of any those
 * that speak of length.
 */
function createBusyError(text: string, retryAfterMs: number): GatewayError {
  const kind = toLimitKind(retryAfterMs);
  const message =
    kind === "rate-limited" && !soundsTooLong(text)
      ? `Akash Chat reports: ${redact(text)}`
      : `The back end of this model has spent its own usage budget, for ${describeWait(retryAfterMs)} more. Use another model, or wait.`;
  return new GatewayError(kind, message, { retryAfterMs, restsAt: "model" });
}

/**
 * The error of a model that called a tool by the means of its back end. No tools are ever offered there, so the
 * application drops the call.
 */
export function createNativeCallError(name: string | undefined): GatewayError {
  const tool = name === undefined ? "a tool" : `the tool ${JSON.stringify(redact(name))}`;
  return new GatewayError(
    "output-invalid",
    `The model called ${tool} in a form that Akash Chat drops: nothing of the call arrived. Use another model, or tell it to answer without that tool.`,
    { nativeCall: { name } },
  );
}
