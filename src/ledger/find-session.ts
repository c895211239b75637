/** Headers as Node gives them: names in small letters. */
export type HeaderFields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** No id that a client sends needs more. */
const longestId = 128;

/** Where clients say which conversation it is, the most telling first: Claude Code, opencode (`x-session-…`, too), Codex, and those of gateways. */
const sessionHeaders = [
  "x-claude-code-session-id",
  "x-opencode-session",
  "x-session-id",
  "x-session-affinity",
  "session-id",
  "session_id",
  "x-conversation-id",
  "conversation-id",
  "conversation_id",
  "x-thread-id",
  "thread-id",
  "thread_id",
  "x-litellm-session-id",
  "helicone-session-id",
] as const;

/** … and which of an agent's agents: Claude Code's, Codex's kind of one. */
const agentHeaders = ["x-claude-code-agent-id", "x-agent-id", "x-openai-subagent"] as const;

/** A text that somebody sent, as an id: printable ASCII without spaces, shortened; `undefined` where nothing is left. */
export function toSentId(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const id = value.trim().replace(/[^\x21-\x7e]+/g, "_");
  return id === "" ? undefined : id.slice(0, longestId);
}

function firstHeader(headers: HeaderFields, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = headers[name];
    const id = toSentId(typeof value === "string" ? value : value?.[0]);
    if (id !== undefined) return id;
  }
  return undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** What Claude Code hides in `metadata.user_id`: `{"session_id":"…"}` as JSON, or, before 2.1.78, `user_…_account_…_session_…`. */
function readUserId(value: unknown): unknown {
  if (typeof value !== "string" || value.length > 2000) return undefined;
  if (!value.startsWith("{")) return /_session_([^_]+)$/.exec(value)?.[1];
  try {
    return field(JSON.parse(value), "session_id");
  } catch {
    // Somebody else's id, which begins so.
    return undefined;
  }
}

/**
 * The conversation that a request is of, by the ids that clients send in headers or bodies (`body` as parsed, or anything). Who asks, such as the
 * rest of `metadata.user_id` or `user`, is not read.
 */
export function findSession(headers: HeaderFields, body: unknown): string | undefined {
  const fromHeaders = firstHeader(headers, sessionHeaders);
  if (fromHeaders !== undefined) return fromHeaders;
  if (typeof body !== "object" || body === null) return undefined;
  const metadata = field(body, "metadata");
  const conversation = field(body, "conversation");
  return (
    (metadata === undefined ? undefined : findInMetadata(metadata)) ??
    toSentId(field(body, "session_id")) ??
    toSentId(typeof conversation === "string" ? conversation : field(conversation, "id")) ??
    // Codex: that of the conversation; others: what shares a beginning, which mostly is the same.
    toSentId(field(body, "prompt_cache_key"))
  );
}

function findInMetadata(metadata: unknown): string | undefined {
  return (
    toSentId(readUserId(field(metadata, "user_id"))) ??
    toSentId(field(metadata, "session_id")) ??
    toSentId(field(metadata, "sessionId")) ??
    toSentId(field(metadata, "conversation_id"))
  );
}

/** The agent of an agent that asks, where clients say so. */
export function findAgent(headers: HeaderFields): string | undefined {
  return firstHeader(headers, agentHeaders);
}
