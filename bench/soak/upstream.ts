/** The upstream of a soak: a simulator that does what each request's plan says. Prints its URL; tells what it saw. */
import "./inspect.ts";

import {
  startSimulator,
  type ChatBody,
  type RecordedRequest,
  type ScriptedReply,
} from "../../src/simulator/index.ts";
import { clock } from "./clock.ts";
import { faults, imageFaults } from "./faults.ts";
import { answerPieces, forgotten, readPlan, thoughtOf, type Plan } from "./plan.ts";

/** A chat request as the upstream saw it; times are those of `clock`. */
export interface SeenChat {
  readonly tag: string;
  readonly from: number;
  until?: number;
  how?: "finished" | "client-left";
}

/** Now and then all sessions end, as after a restart of the application. */
const chatsOfSession = 400;

const never = new Promise<void>(() => undefined);
const seen: SeenChat[] = [];
const tries = new Map<string, number>();
let looked = 0;
let expiry = chatsOfSession;

function note({ body, closed }: RecordedRequest): void {
  const plan = readPlan(textOf(body));
  if (plan === undefined) return;
  const chat: SeenChat = { tag: plan.tag, from: clock() };
  seen.push(chat);
  void follow(chat, closed);
}

async function follow(chat: SeenChat, closed: RecordedRequest["closed"]): Promise<void> {
  chat.how = await closed;
  chat.until = clock();
}

/** The prompts of a chat body, whatever else it holds. */
function textOf(body: unknown): string {
  const messages = typeof body === "object" && body !== null ? Reflect.get(body, "messages") : undefined;
  if (!Array.isArray(messages)) return "";
  return messages.map((message: unknown) => String(Reflect.get(Object(message), "content"))).join("\n");
}

function script(body: ChatBody): ScriptedReply | undefined {
  // This request has been recorded by now.
  for (; looked < simulator.requests.length; looked += 1) {
    const request = simulator.requests[looked];
    if (request?.path.startsWith("/api/chat") === true) note(request);
  }
  if (seen.length >= expiry) {
    simulator.expireSessions();
    expiry = seen.length + chatsOfSession;
  }
  const text = textOf(body);
  const plan = readPlan(text);
  if (plan === undefined) return undefined;
  const tried = (tries.get(plan.tag) ?? 0) + 1;
  tries.set(plan.tag, tried);
  return body.model === "AkashGen" ? drawing(plan, tried) : answering(plan, tried, text);
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

const simulator = await startSimulator({ script });
process.on("message", (message) => {
  if (message === "chats") process.send?.({ chats: seen });
  if (message === "open") {
    process.send?.({ open: seen.filter(({ how }) => how === undefined).map(({ tag }) => tag) });
  }
});
console.log(simulator.url);
