import type { OpenObject, RequestObject } from "../../api/types.ts";

/** What tells a row from all others: clients may give an id twice. */
export function rowKey({ id, created_at }: Pick<RequestObject, "id" | "created_at">): string {
  return `${created_at} ${id}`;
}

/** The rows of `fresh` that are not among `known`. */
export function findNew(
  known: readonly RequestObject[],
  fresh: readonly RequestObject[],
): readonly RequestObject[] {
  const keys = new Set(known.map(rowKey));
  return fresh.filter((row) => !keys.has(rowKey(row)));
}

/** Both lists as one, the newest first: a request is noted when it is over, so an older one may come later. */
export function mergeRows(
  known: readonly RequestObject[],
  fresh: readonly RequestObject[],
): readonly RequestObject[] {
  return [...findNew(known, fresh), ...known].sort(
    (one, other) => Date.parse(other.created_at) - Date.parse(one.created_at),
  );
}

const limits: ReadonlySet<string> = new Set(["rate-limited", "budget-exhausted"]);

/** The kind of a failure as it is shown: what is refused for a limit of a key is not what an upstream refuses. */
export function kindOf({ error, outcome }: Pick<RequestObject, "error" | "outcome">): string | undefined {
  if (error === null) return undefined;
  return outcome === "refused" && limits.has(error) ? "key-limit" : error;
}

/** `chat` of `POST /v1/chat/completions`, `messages` of `POST /v1/messages`, the method of a Gemini model. */
export function shortRoute(route: string): string {
  const path = route.replace(/^\S+ \/(?:v1\/|v1beta\/models\/\*:)?/, "");
  if (path === "chat/completions") return "chat";
  return path.startsWith("images/") ? "images" : path;
}

/** What an answer that ends with calls ends with, where that is another word than OpenAI's. */
const endsOfCalls: Readonly<Record<string, string>> = {
  "anthropic-messages": "tool_use",
  "ollama-chat": "stop",
};

/** How an answer ended, in the word of the client's API. */
export function writeFinish(finish: string | null, dialect: string | null): string | undefined {
  if (finish === null) return undefined;
  if (finish === "tool-calls") return endsOfCalls[dialect ?? ""] ?? "tool_calls";
  return finish.replaceAll("-", "_");
}

/** The code of a verdict on a request of which there is no trace: by the rules of docs/traces.md. */
export function judgeRow(row: RequestObject): string {
  const { outcome, attempts, finish_reason: finish } = row;
  if (outcome === "left") return "client-left";
  if (outcome === "refused" || (outcome === "failed" && attempts.length === 0)) return "refused";
  if (outcome === "failed") return row.first_token_ms === null ? "failed" : "broken-off";
  if (finish === "tool-calls") return "tool-called";
  return finish === "length" ? "cut" : "answered";
}

/** The filters that only rows themselves can tell. */
export interface RowFilter {
  /** In an id, a model, the name of the key, the session, the client or its agent. */
  readonly text?: string | undefined;
  readonly repairs?: "repaired" | "traced" | undefined;
}

/** Whether any of it is set. */
export function isSet({ text, repairs }: RowFilter): boolean {
  return text !== undefined || repairs !== undefined;
}

/** Whether a row meets them. */
export function meets(
  row: RequestObject,
  { text, repairs }: RowFilter,
  keyNames: ReadonlyMap<string, string>,
): boolean {
  if (repairs === "traced" && !row.traced) return false;
  if (repairs === "repaired" && row.repairs + row.retries === 0) return false;
  if (text === undefined) return true;
  const wanted = text.toLowerCase();
  const fields = [row.id, row.model, row.requested_model, row.session, row.agent, row.client, row.upstream];
  const name = row.key === null ? undefined : keyNames.get(row.key);
  return [...fields, row.key, name].some((field) => field?.toLowerCase().includes(wanted) === true);
}

/** Which of the requests under way belong to a list that is filtered so. */
export function findOpen(open: readonly OpenObject[], query: URLSearchParams): readonly OpenObject[] {
  // What came of them is not known yet.
  if (["outcome", "error", "repairs", "to"].some((name) => query.has(name))) return [];
  const is = (name: string, value: string | null) =>
    !query.has(name) || query.get(name) === (value ?? "none");
  const text = query.get("q")?.toLowerCase() ?? "";
  return open.filter(
    (one) =>
      is("model", one.model) &&
      is("upstream", one.upstream) &&
      is("key", one.key) &&
      [one.id, one.model, one.key_name, one.client].some((field) => field?.toLowerCase().includes(text)),
  );
}
