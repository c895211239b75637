import { dialects, readFrames, type Dialect, type Reading } from "../../test/conformance/support/dialects.ts";
import type { AnyJson } from "../../test/support/post.ts";
import { faults, imageFaults } from "./faults.ts";
import { answerPieces, findTags } from "./plan.ts";
import type { Received } from "./send.ts";
import { SoakFailure } from "./soak-failure.ts";
import type { Spec } from "./specs.ts";

/** How a request ended, each in order: whole, by an error of its dialect, or because its client left. */
export type Outcome = "whole" | "error" | "left";

/** The API of this name, as the conformance tests read it. */
export function findDialect(name: Dialect["name"]): Dialect {
  const dialect = dialects.find((one) => one.name === name);
  if (dialect === undefined) throw new Error(`There is no dialect ${name}`);
  return dialect;
}

/** Throws when a text holds the tag of a request that it has nothing to do with. */
export function checkTags(text: string, ...own: readonly string[]): void {
  for (const tag of findTags(text)) {
    if (!own.includes(tag)) throw new SoakFailure("crosstalk", `${tag} in the answer of ${own.join(", ")}`);
  }
}

/** Runs a strict reader; what it throws is an answer that the API does not allow. */
export function strictly<T>(received: Received, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SoakFailure) throw error;
    throw new SoakFailure(
      "illegal",
      `${error instanceof Error ? error.message : String(error)} (${received.status}): ${received.text.slice(-600)}`,
    );
  }
}

/** Throws kind `illegal` unless the condition holds. */
export function must(condition: boolean, what: string): void {
  if (!condition) throw new SoakFailure("illegal", what);
}

/** Whether a request must fail. */
export function mustFail({ plan, kind }: Spec): boolean {
  if (plan.fault === undefined) return false;
  const fault = (kind === "image" ? imageFaults : faults)[plan.fault];
  return fault?.mended !== true;
}

/** Judges the answer to a chat request in any of the four text APIs. */
export function judgeChat(spec: Spec, dialect: Dialect, received: Received): Outcome {
  checkTags(received.text, spec.plan.tag);
  if (received.leftAt !== undefined) return "left";
  return strictly(received, () => {
    if (received.status !== 200) return judgeRefusal(spec, dialect, received);
    const ends = choicesOf(spec, received).map((answer) =>
      judgeReading(
        spec,
        spec.streamed ? dialect.readStream(answer) : dialect.readWhole(JSON.parse(answer)),
        answer,
      ),
    );
    return ends.includes("error") ? "error" : "whole";
  });
}

/** An answer that came as an HTTP error. */
function judgeRefusal(spec: Spec, dialect: Dialect, { status, text }: Received): Outcome {
  const { message } = dialect.readError(JSON.parse(text));
  must(status >= 400 && message !== "", `status ${status}: ${text}`);
  must(mustFail(spec), `an error in place of an answer (${status}): ${message}`);
  return "error";
}

/** The answers of `n: 2`, each as if it had been the only one. */
function choicesOf({ choices, streamed }: Spec, { text }: Received): readonly string[] {
  if (choices === 1) return [text];
  return Array.from({ length: choices }, (_, choice) => {
    if (!streamed) {
      const whole: AnyJson = JSON.parse(text);
      return JSON.stringify({ ...whole, choices: [whole.choices[choice]] });
    }
    return readFrames(text)
      .filter(({ data }) => data === "[DONE]" || (JSON.parse(data).choices?.[0]?.index ?? choice) === choice)
      .map(({ data }) => `data: ${data}\n\n`)
      .join("");
  });
}

/** Compares what was read with what the upstream said. `raw` is the answer as it came. */
export function judgeReading(spec: Spec, reading: Reading, raw: string): Outcome {
  const { plan, stopAt } = spec;
  const pieces = answerPieces(plan);
  const text = pieces.slice(0, stopAt).join("");
  const failed = reading.error !== undefined;
  must(
    failed === mustFail(spec),
    failed ? `failed: ${reading.error?.message}` : "whole in spite of its fault",
  );
  if (plan.form !== "text") {
    if (!failed) checkForm(spec, reading, raw);
  } else if (failed ? !text.startsWith(reading.text) : reading.text !== text) {
    throw new SoakFailure(
      "illegal",
      `${JSON.stringify(reading.text.slice(-200))} in place of ${JSON.stringify(text.slice(-200))}`,
    );
  }
  if (failed) return "error";
  must(reading.finish !== undefined, "no reason for the end");
  return "whole";
}

/** A call's arguments, or a JSON document. */
function checkForm({ plan, streamed }: Spec, { text }: Reading, raw: string): void {
  const json = plan.form === "json" ? text : readArguments(raw, streamed);
  const { tag, pieces } = JSON.parse(json);
  must(tag === plan.tag && pieces === plan.pieces, `${json} in place of ${plan.tag} and ${plan.pieces}`);
}

/** The arguments of the only call in an answer of any dialect. */
function readArguments(raw: string, streamed: boolean): string {
  const bodies: AnyJson[] = streamed
    ? readFrames(raw).flatMap(({ data }) => (data === "[DONE]" ? [] : [JSON.parse(data)]))
    : [JSON.parse(raw)];
  return bodies
    .map((body) => {
      const message = body.choices?.[0]?.delta ?? body.choices?.[0]?.message;
      if (message !== undefined) return message.tool_calls?.[0]?.function?.arguments ?? "";
      const called = body.output?.find((item: AnyJson) => item.type === "function_call");
      if (called !== undefined) return called.arguments;
      if (body.type === "response.function_call_arguments.delta") return body.delta;
      const block = body.content?.find((item: AnyJson) => item.type === "tool_use");
      return block === undefined ? (body.delta?.partial_json ?? "") : JSON.stringify(block.input);
    })
    .join("");
}
