import { GatewayError, toGatewayError } from "../errors.ts";
import { addUsage } from "../model/add-usage.ts";
import type { EventBatch, Usage } from "../model/events.ts";
import type { ChatRequest } from "../model/request.ts";
import type { AnswerProblem } from "../shaping/shaper.ts";
import type { Sink } from "../stream/source.ts";
import { createAnswerJoiner } from "./create-answer-joiner.ts";
import { createTurn, type TurnOptions } from "./create-turn.ts";
import { withProblem } from "./with-problem.ts";

/** What answering takes. */
export interface AnswerOptions extends TurnOptions {
  /** Lowered to what the model can. */
  readonly request: ChatRequest;
  /** What clients call the model. */
  readonly name: string;
  /** How often the model may be asked again. */
  readonly repairTurns: number;
}

/**
 * Answers a request by one turn of the model, or more when an answer does not do. One batch comes for each of the
 * upstream's that gives anything, several for a long one if reading it takes long: others have their turns between. When a shaper ends the answer early the upstream request is aborted at once.
 * When the upstream fails, text that was held back is given first if the client has seen some already; otherwise
 * only the error, so that it can have its own HTTP status. Rejects with what the upstream and the shapers throw; but a call of an
 * offered tool that got lost on the way is asked for again, as text, unless the client has seen a call already.
 */
export async function runTurns(options: AnswerOptions, sink: Sink<EventBatch>): Promise<void> {
  const { signal, watch } = options.asking;
  const answer = createAnswerJoiner(options.name);
  let { request } = options;
  let spent: Usage | undefined;
  let total: Usage | undefined;

  for (let repairs = 0; ; repairs += 1) {
    const traced = watch?.trace?.turn();
    const turn = createTurn(request, options, traced);
    let asksAgain = false;
    const give = (events: EventBatch): Promise<void> | undefined => {
      if (events.length === 0) return undefined;
      traced?.shaped(events);
      return sink(events);
    };
    const usage = (reported: Usage | undefined): Usage => {
      total = spent === undefined ? turn.usage(reported) : addUsage(spent, turn.usage(reported));
      return total;
    };
    try {
      let lostCall: AnswerProblem | undefined;
      try {
        await turn.run((batch) => give(answer.add(batch, usage)));
      } catch (error) {
        await give(answer.add(turn.sayBefore(error), usage));
        if (repairs < options.repairTurns && !answer.gaveCall) lostCall = turn.toLostCall(error);
        if (lostCall === undefined) throw error;
      }
      // A shaper behind the one with a problem may have ended the answer before it.
      if (answer.finished) {
        traced?.end({ kind: "kept" });
        return;
      }
      const problem = lostCall ?? turn.chain.problem();
      if (problem === undefined || repairs >= options.repairTurns) {
        if (problem !== undefined) await give(answer.add(turn.chain.giveUp(answer.gaveText), usage));
        if (!answer.finished)
          throw new GatewayError("upstream-truncated", "The upstream broke off its answer.");
        traced?.end({ kind: "kept" });
        return;
      }
      const reason = lostCall === undefined ? turn.chain.repairReason() : "lost-tool-call";
      asksAgain = true;
      if (reason !== undefined) watch?.repair(reason);
      traced?.end({ kind: "asked-again", reason, told: problem.message });
      spent = usage(turn.reported());
      request = withProblem(request, problem);
      await give(answer.nextTurn(problem.keepsText === true));
    } catch (error) {
      await give(answer.abandon(turn.chain));
      if (traced !== undefined) {
        const { kind, message } = toGatewayError(error);
        traced.end({ kind: "failed", error: kind, message });
      }
      throw error;
    } finally {
      // The upstream counts what it reads and writes, whether or not somebody waits for the end of it.
      if (!answer.finished && !asksAgain) {
        const cost = turn.begun() || signal.aborted ? turn.guess(spent) : spent;
        if (cost !== undefined) watch?.spend(cost);
      }
    }
  }
}
