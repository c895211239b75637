import { createHash } from "node:crypto";

import type { ChatRequest } from "../model/request.ts";

/** Text by which a conversation is known, in UTF-16 units of each part: what comes later makes no other one of it. */
const longestKey = 100_000;

/** Asked for by several of one request, which share its messages. */
const known = new WeakMap<ChatRequest["messages"], string>();

/** A hash of how a conversation began: clients send all of it each time, and that is what stays the same. */
export function conversationHash({ messages }: Pick<ChatRequest, "messages">): string {
  const hash = known.get(messages) ?? hashBeginning(messages);
  known.set(messages, hash);
  return hash;
}

function hashBeginning(messages: ChatRequest["messages"]): string {
  const hash = createHash("sha256");
  const firstUser = messages.findIndex(({ role }) => role === "user");
  for (const message of messages.slice(0, firstUser + 1)) {
    hash.update(`${message.role}\0`);
    for (const part of message.parts) {
      if (part.type === "text") hash.update(part.text.slice(0, longestKey)).update("\0");
    }
  }
  return hash.digest("base64");
}
