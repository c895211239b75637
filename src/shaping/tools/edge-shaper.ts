import type { ChatEvent, FinishReason, Usage } from "../../model/events.ts";
import type { Shaper } from "../shaper.ts";
import { createCallSession } from "./call-session.ts";
import { scanAnswer } from "./scan-answer.ts";

/**
 * Creates the shaper of answers without tools: reads gpt-oss' channels and leaves out the tokens that templates write
 * around turns and answers. All other text passes as it comes.
 */
export function createEdgeShaper(model: string): Shaper {
  const session = createCallSession({
    request: { tools: [], toolChoice: { kind: "none" }, parallelToolCalls: true },
    model,
    argumentsMode: "whole",
    newCallId: () => "",
  });
  const { reader, outlet } = session;
  const scan = scanAnswer(session);
  let isReasoning = false;
  let scanned = false;
  let finished = false;

  function advance(): void {
    if (!scanned) scanned = scan.next().done === true;
  }

  function finish(reason: FinishReason, usage: Usage): void {
    finished = true;
    outlet.settle();
    outlet.finish(reason, usage);
  }

  function read(event: ChatEvent): void {
    if (finished) return;
    switch (event.type) {
      case "response-start":
        outlet.start(event.model);
        break;
      case "block-start":
        isReasoning = event.block.kind === "reasoning";
        break;
      case "block-delta":
        if (isReasoning) {
          session.thought = true;
          outlet.reasoning(event.text);
          break;
        }
        reader.push(event.text);
        advance();
        // What follows is the turn of somebody else.
        if (session.overrun) finish({ kind: "stop" }, { estimated: true });
        break;
      case "block-end":
        break;
      case "finish":
        reader.end();
        advance();
        finish(event.reason, event.usage);
        break;
    }
  }

  return {
    push(event) {
      read(event);
      return outlet.take();
    },
    pushAll(events) {
      for (const event of events) read(event);
      return outlet.take();
    },
    flush() {
      reader.end();
      advance();
      outlet.settle();
      return outlet.take();
    },
  };
}
