import type { RepairReason } from "../model/call-watch.ts";
import type { ChatEvent } from "../model/events.ts";

/**
 * A synchronous machine over canonical events: legal events in, legal events out, every block index its own.
 * A shaper may end the answer early by giving out a `finish`; the driver then aborts the upstream and
 * pushes nothing more.
 */
export interface Shaper {
  push(event: ChatEvent): readonly ChatEvent[];
  /** The same as pushing one by one; only faster. What follows an early `finish` is not read. */
  pushAll?(events: readonly ChatEvent[]): readonly ChatEvent[];
  /** What came from the upstream in one piece must reach this shaper in one piece; all others may get it in parts. */
  readonly readsWhole?: boolean;
  /** The upstream failed: gives what was held back, so that no text is lost. Never a `finish`. */
  flush(): readonly ChatEvent[];
}

/** Why an answer does not do, in words for the model. */
export interface AnswerProblem {
  /** What is wrong and what to write instead; sent as the next user turn. */
  readonly message: string;
  /** What the model wrote; sent as the assistant turn before it. */
  readonly attempt: string;
  /** The text that was given stands, whatever comes: of the next turn only calls are wanted. Default: no. */
  readonly keepsText?: boolean;
  /**
   * All calls that the answer made natively, those that were passed on too, in order. Not empty. Where the upstream takes calls
   * and results, the attempt is shown with them: `attempt` and these calls as the assistant turn, the result of each as a
   * tool's, and `remark`, if there is one, as a user turn; `message` is then not sent, it says the same in one.
   */
  readonly calls?: readonly AttemptedCall[];
  /** With `calls`: what is wrong beside them. */
  readonly remark?: string;
}

/** A native call of an answer that does not do. */
export interface AttemptedCall {
  /** No other call of the answer has it. */
  readonly callId: string;
  /** As the model gave it: it may be no tool's. */
  readonly name: string;
  /** As the model gave them: they may be no JSON. */
  readonly arguments: string;
  /** Says to the model what is wrong with it, or what became of it. */
  readonly result: string;
}

/**
 * A shaper whose answer may need one more turn of the model. If `problem` is set after the upstream's `finish`
 * was pushed, that push gave out no `finish`; the driver then either asks the model again and feeds the new
 * answer to a fresh chain, or calls `giveUp`.
 */
export interface RepairableShaper extends Shaper {
  readonly problem: AnswerProblem | undefined;
  /** What a problem of this shaper is called in logs. */
  readonly repairReason: RepairReason;
  /**
   * No more turns: gives the best that can be given and the `finish`, or throws a `GatewayError`. `hasText`: the client has text
   * of an earlier turn, so that an answer without any is not empty.
   */
  giveUp(hasText?: boolean): readonly ChatEvent[];
}
