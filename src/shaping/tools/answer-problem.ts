import type { AnswerProblem } from "../shaper.ts";
import { describeFaults, describeOutcomes, type Fault, type FaultContext } from "./faults.ts";
import type { NativeCall } from "./native-reader.ts";

/** An answer that does not do. */
export interface FaultyAnswer {
  readonly faults: readonly Fault[];
  /** The text that the model wrote. */
  readonly attempt: string;
  readonly natives: readonly NativeCall[];
  readonly context: FaultContext;
}

/** Puts into words what is wrong with an answer: all in one, and of each native call by itself. */
export function createAnswerProblem({ faults, attempt, natives, context }: FaultyAnswer): AnswerProblem {
  const message = describeFaults(faults, context);
  if (natives.length === 0) return { message, attempt };
  const outcomes = natives.map(({ outcome }) => outcome ?? "held");
  const results = describeOutcomes(outcomes, context);
  const told = new Set<unknown>(outcomes);
  const rest = faults.filter((fault) => !told.has(fault));
  return {
    message,
    attempt,
    calls: natives.map((call, at) => ({
      callId: call.callId,
      name: call.name,
      arguments: call.arguments.text(),
      result: results[at] ?? "",
    })),
    ...(rest.length === 0 ? {} : { remark: describeFaults(rest, { ...context, accepted: [] }) }),
  };
}
