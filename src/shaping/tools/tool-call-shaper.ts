import { GatewayError } from "../../errors.ts";
import { endedByModel } from "../../model/ended-by-model.ts";
import type { BlockStart, ChatEvent, FinishReason, Usage } from "../../model/events.ts";
import type { Mutable } from "../../model/mutable.ts";
import type { AnswerProblem, RepairableShaper } from "../shaper.ts";
import { createAnswerProblem } from "./answer-problem.ts";
import { createCodeTracker } from "./code-tracker.ts";
import { createCallSession } from "./call-session.ts";
import { findForcedCall } from "./mark-calls.ts";
import { createNativeReader } from "./native-reader.ts";
import { scanAnswer } from "./scan-answer.ts";
import type { ToolCallShaperOptions } from "./tool-request.ts";

/**
 * Creates the shaper that turns the calls of one answer, written as text, into tool-call blocks. Text passes
 * unchanged and at once, but for what can still become a marker; calls become tool-call blocks of declared tools,
 * their arguments valid JSON that fits the schema where that can be had.
 *
 * A problem is set when a call can't be passed on of which nothing was given out (unknown tool, unreadable, against
 * the schema, another tool than the named one, cut), or when a call that must come didn't. From that place on the
 * answer is kept, so that another turn can replace it. After an answer that was cut for its length there is no problem:
 * the text is given as it is. `giveUp` passes on calls that only miss the schema, gives the others as text, and throws
 * `output-invalid` if a call had to come and nothing was given out at all.
 *
 * When the upstream fails, text that was held back is given (`flush`), but no call that was not: an error follows, and a reader has
 * no use for half of its markup.
 *
 * The finish becomes `tool-calls` once a call was given, except that `length` and `content-filter` stay; a call that
 * the model left incomplete after a part was given out ends with `length`. With `parallelToolCalls: false` only the
 * first call is passed on.
 *
 * Calls that come as such are read, checked and given in the same way, in their place, with their ids. Without more turns
 * those of no tool are text, as the model would write them. What the text has of such a call, too (all of it, or its beginning
 * right before it), is left out. The problem then shows all of them (`AnswerProblem.calls`).
 *
 * A text block right behind another is a text of its own. Where a call must come and none was marked as one, JSON that can be one is
 * (`findForcedCall`).
 *
 * A model that writes the results of its calls itself is stopped there: what it builds on them is invented.
 */
export function createToolCallShaper(options: ToolCallShaperOptions): RepairableShaper {
  const session = createCallSession(options);
  const { reader, outlet } = session;
  const { toolChoice } = options.request;
  const mustCall = toolChoice.kind === "required" || toolChoice.kind === "function";
  let scan = scanAnswer(session);
  const attempt: string[] = [];
  const natives = createNativeReader(session, {
    model: options.model,
    newCallId: options.newCallId,
    usedIds: options.usedCallIds ?? new Set(),
    followsText: () => attempt.some((text) => text.trim() !== ""),
  });
  let blockKind: BlockStart["kind"] | undefined;
  let pendingFinish: { reason: FinishReason; usage: Usage } | undefined;
  let scanned = false;
  let finished = false;

  function advance(): void {
    if (!scanned) scanned = scan.next().done === true;
  }

  function endScan(byModel: boolean): void {
    session.endedByModel = byModel;
    reader.end();
    advance();
  }

  /** What comes now is a text of its own: nothing before it, such as an open code fence, says what it is. */
  function beginText(): void {
    if (session.overrun) return;
    if (!reader.ended) endScan(true);
    reader.reopen();
    session.endedByModel = false;
    // Each text block stands for itself.
    session.code = createCodeTracker();
    session.atStart = true;
    session.lineStart = true;
    scan = scanAnswer(session);
    scanned = false;
  }

  /** A native call: the text before it is over. */
  function beginNative(callId: string, name: string): void {
    if (session.overrun) return;
    session.leadsTo = { tool: session.directory.find(name)?.definition.name };
    endScan(false);
    session.leadsTo = undefined;
    if (!session.overrun) natives.begin(callId, name);
  }

  /** A call had to come, and none was marked as one: one that isn't is better than none. */
  function readForced(): void {
    const found = findForcedCall(attempt.join(""), session.directory, options);
    if (found === undefined) return;
    outlet.dropText();
    outlet.text(found.before);
    beginText();
    reader.push(found.marked);
    endScan(true);
    outlet.text(found.after);
  }

  function finish(reason: FinishReason, usage: Usage): void {
    finished = true;
    outlet.settle();
    const calls = session.given + session.passable;
    if (calls === 0 && reason.kind === "tool-calls") outlet.finish({ ...reason, kind: "stop" }, usage);
    else if (!endedByModel(reason) || calls === 0) outlet.finish(reason, usage);
    else outlet.finish({ ...reason, kind: session.cut ? "length" : "tool-calls" }, usage);
  }

  function isMissing(): boolean {
    return mustCall && session.given === 0 && session.faults.length === 0;
  }

  function findProblem(): AnswerProblem | undefined {
    const missing = isMissing();
    if (session.faults.length === 0 && !missing) return undefined;
    return createAnswerProblem({
      faults: missing ? [{ kind: "no-call" }] : session.faults,
      attempt: attempt.join(""),
      natives: natives.calls,
      context: { ...options, accepted: session.accepted },
    });
  }

  function read(event: ChatEvent): void {
    if (finished) return;
    switch (event.type) {
      case "response-start":
        outlet.start(event.model);
        break;
      case "block-start":
        natives.end(true);
        if (event.block.kind === "text" && (blockKind === "text" || reader.ended)) beginText();
        if (event.block.kind === "tool-call") beginNative(event.block.callId, event.block.name);
        blockKind = event.block.kind;
        break;
      case "block-delta":
        if (blockKind === "reasoning") {
          session.thought = true;
          outlet.reasoning(event.text);
          break;
        }
        if (blockKind === "tool-call") {
          natives.push(event.text);
          break;
        }
        attempt.push(event.text);
        if (session.overrun) break;
        reader.push(event.text);
        advance();
        // With a fault the end of the answer is awaited: only then may the driver ask again.
        if (session.overrun && session.faults.length === 0) finish({ kind: "stop" }, { estimated: true });
        break;
      case "block-end":
        break;
      case "finish": {
        const { reason, usage } = event;
        const byModel = endedByModel(reason);
        session.cutForLength = reason.kind === "length";
        natives.end(byModel);
        endScan(byModel);
        if (byModel && isMissing()) readForced();
        shaper.problem = byModel ? findProblem() : undefined;
        if (shaper.problem !== undefined) {
          pendingFinish = { reason, usage };
          break;
        }
        // What a server that reads calls leaves of one that was cut is not for readers.
        if (options.native === true && session.cutForLength) outlet.dropCut();
        outlet.release();
        finish(reason, usage);
        break;
      }
    }
  }

  const shaper: Mutable<RepairableShaper> = {
    problem: undefined,
    repairReason: "invalid-tool-call",
    push(event) {
      read(event);
      return outlet.take();
    },
    pushAll(events) {
      for (const event of events) read(event);
      return outlet.take();
    },
    flush() {
      natives.end(false);
      endScan(false);
      outlet.dropRejected();
      outlet.release();
      outlet.settle();
      return outlet.take();
    },
    giveUp() {
      if (pendingFinish === undefined) throw new Error("There is no problem to give up on.");
      if (mustCall && session.given + session.passable === 0 && !outlet.begun()) {
        const wish = toolChoice.kind === "function" ? `the tool ${toolChoice.name}` : "a tool";
        throw new GatewayError(
          "output-invalid",
          `The model did not call ${wish}, as tool_choice demands. Try again, or use another model.`,
          { sent: toolChoice.kind === "function" ? [toolChoice.name] : [] },
        );
      }
      const { reason, usage } = pendingFinish;
      pendingFinish = undefined;
      shaper.problem = undefined;
      outlet.release();
      finish(reason, usage);
      return outlet.take();
    },
  };
  return shaper;
}
