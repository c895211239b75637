import type { ChatBody, ScriptedReply } from "../../src/simulator/index.ts";
import { faults, imageFaults } from "./faults.ts";
import { answerPieces, forgotten, readPlan, thoughtOf, type Plan } from "./plan.ts";

const never = new Promise<void>(() => undefined);

/** The prompts of a chat body, whatever else it holds. */
export function textOf(body: unknown): string {
  const messages = typeof body === "object" && body !== null ? Reflect.get(body, "messages") : undefined;
  if (!Array.isArray(messages)) return "";
  return messages.map((message: unknown) => String(Reflect.get(Object(message), "content"))).join("\n");
}

/** What an upstream says to have counted for an answer. */
type CountUsage = (plan: Plan) => ScriptedReply["usage"];

/** Makes what a simulator answers: what the plan in each prompt says, and nothing where there is none. */
export function createPlannedReplies(countUsage?: CountUsage): (body: ChatBody) => ScriptedReply | undefined {
  const tries = new Map<string, number>();
  return (body) => {
    const text = textOf(body);
    const plan = readPlan(text);
    if (plan === undefined) return undefined;
    const tried = (tries.get(plan.tag) ?? 0) + 1;
    tries.set(plan.tag, tried);
    if (body.model === "AkashGen") return drawing(plan, tried);
    const reply = answering(plan, tried, text);
    const usage = countUsage?.(plan);
    return usage === undefined ? reply : { ...reply, usage };
  };
}

function answering(plan: Plan, tried: number, text: string): ScriptedReply {
  const lost = plan.recalls !== undefined && !text.includes(plan.recalls);
  return {
    text: lost ? [forgotten] : answerPieces(plan),
    delayMs: plan.every,
    ...(plan.thinks ? { reasoning: thoughtOf(plan) } : {}),
    ...(plan.silent === undefined ? {} : { gate: never, holdHead: plan.silent === "head" }),
    ...(plan.cut === undefined ? {} : { chunkBytes: plan.cut }),
    ...(plan.newFraming ? { protocol: "ui-message-stream" } : {}),
    ...faultOf(faults, plan, tried),
  };
}

function drawing(plan: Plan, tried: number): ScriptedReply {
  return {
    image: {
      prompt: `A picture of ${plan.tag}`,
      statuses: plan.silent === undefined ? ["waiting", "pending", "succeeded"] : ["waiting"],
    },
    ...faultOf(imageFaults, plan, tried),
  };
}

function faultOf(table: typeof faults, plan: Plan, tried: number): ScriptedReply {
  if (plan.fault === undefined) return {};
  const fault = table[plan.fault];
  if (fault === undefined) throw new Error(`There is no fault ${plan.fault}`);
  return fault.mended === true && tried > 1 ? {} : fault.script;
}
