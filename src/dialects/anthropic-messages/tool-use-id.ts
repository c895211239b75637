/** What Anthropic's API takes as the id of a `tool_use`, and what clients that go on there have to keep to. */
const accepted = /^[\w-]*$/;
/** Stands before an id of a server's that is written in base64url. */
const prefix = "toolu_x_";

/**
 * The id of a call as Anthropic's clients take it. Ids of other servers may hold anything: `functions.NAME:0` of Kimi, signatures in
 * base64 of Gemini behind LiteLLM. Their models want them back, so what can't be shown is written otherwise, for
 * `fromToolUseId`. Two calls never get the same.
 */
export function toToolUseId(callId: string): string {
  if (accepted.test(callId) && !callId.startsWith(prefix)) return callId;
  return prefix + Buffer.from(callId, "utf8").toString("base64url");
}

/** The id that `toToolUseId` was given; any other id is left as it is. */
export function fromToolUseId(id: string): string {
  if (!id.startsWith(prefix)) return id;
  const callId = Buffer.from(id.slice(prefix.length), "base64url").toString("utf8");
  return toToolUseId(callId) === id ? callId : id;
}
