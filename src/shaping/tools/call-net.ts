import { GatewayError } from "../../errors.ts";
import { endedByModel } from "../../model/ended-by-model.ts";
import type { ChatEvent } from "../../model/events.ts";
import type { Mutable } from "../../model/mutable.ts";
import type { AnswerProblem, RepairableShaper } from "../shaper.ts";
import { describeFaults, type Fault } from "./faults.ts";
import { findLostCall } from "./find-lost-call.ts";
import type { ToolCallShaperOptions } from "./tool-request.ts";

/** Signs without width are no text either. */
const visible = /[^\s\u200b-\u200d\u2060]/;

/**
 * Creates the shaper under all that reads calls: it sees to it that no answer of a request with tools ends in silence, since
 * an agent takes an answer without a call for "done". All passes at once (but blanks before text); only the finish is held when there is a problem:
 *
 * - the answer has neither text nor a call (it is empty, or thinking alone). `giveUp` throws `output-invalid`, unless text of
 *   an earlier turn stands.
 * - the answer has text that seems to hold a call that nobody could read (`findLostCall`). The text stands, so the problem
 *   says `keepsText`; `giveUp` gives the finish.
 *
 * An answer that the model did not end itself has no problem.
 */
export function createCallNet(
  options: Pick<ToolCallShaperOptions, "request" | "model" | "shortened" | "native">,
): RepairableShaper {
  const names = options.request.tools.map(({ name }) => name);
  const text: string[] = [];
  let blockKind = "";
  const blanks: ChatEvent[] = [];
  let isBlank = true;
  let called = false;
  let held: Extract<ChatEvent, { type: "finish" }> | undefined;

  function findProblem(): AnswerProblem | undefined {
    if (called) return undefined;
    const written = text.join("");
    const name = isBlank ? undefined : findLostCall(written, names);
    if (!isBlank && name === undefined) return undefined;
    const fault: Fault = name === undefined ? { kind: "empty" } : { kind: "lost", name };
    const message = describeFaults([fault], { ...options, accepted: [] });
    return { message, attempt: written, keepsText: !isBlank };
  }

  /** What becomes of an event. Blanks with which an answer begins wait: alone they are no text. */
  function read(event: ChatEvent): readonly ChatEvent[] {
    if (event.type === "block-start") {
      blockKind = event.block.kind;
      called ||= blockKind === "tool-call";
    } else if (event.type === "block-delta") {
      if (blockKind === "text") {
        text.push(event.text);
        isBlank &&= !visible.test(event.text);
      }
    } else if (event.type === "finish" && endedByModel(event.reason)) {
      shaper.problem = findProblem();
      if (shaper.problem !== undefined) {
        held = event;
        return [];
      }
    }
    if (isBlank && blockKind === "text" && event.type.startsWith("block-")) {
      blanks.push(event);
      return [];
    }
    return blanks.length === 0 ? [event] : [...blanks.splice(0), event];
  }

  const shaper: Mutable<RepairableShaper> = {
    problem: undefined,
    get repairReason() {
      return isBlank ? "empty-answer" : "lost-tool-call";
    },
    push: read,
    pushAll: (events) => events.flatMap(read),
    flush: () => blanks.splice(0),
    giveUp(hasText = false) {
      if (held === undefined) throw new Error("There is no problem to give up on.");
      if (isBlank && !hasText) {
        throw new GatewayError(
          "output-invalid",
          "The model answered with neither text nor a tool call. Try again, or use another model.",
        );
      }
      shaper.problem = undefined;
      return [held];
    },
  };
  return shaper;
}
