/** The upstream of a soak: a simulator that does what each request's plan says. Prints its URL; tells what it saw. */
import "./inspect.ts";

import {
  startSimulator,
  type ChatBody,
  type RecordedRequest,
  type ScriptedReply,
} from "../../src/simulator/index.ts";
import { clock } from "./clock.ts";
import { readPlan } from "./plan.ts";
import { createPlannedReplies, textOf } from "./planned-replies.ts";

/** A chat request as the upstream saw it; times are those of `clock`. */
export interface SeenChat {
  readonly tag: string;
  readonly from: number;
  until?: number;
  how?: "finished" | "client-left";
}

/** Now and then all sessions end, as after a restart of the application. */
const chatsOfSession = 400;

const replyAsPlanned = createPlannedReplies();
const seen: SeenChat[] = [];
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
  return replyAsPlanned(body);
}

const simulator = await startSimulator({ script });
process.on("message", (message) => {
  if (message === "chats") process.send?.({ chats: seen });
  if (message === "open") {
    process.send?.({ open: seen.filter(({ how }) => how === undefined).map(({ tag }) => tag) });
  }
});
console.log(simulator.url);
