import type { KeyObject } from "../api/types.ts";

/** A key as its form has it: texts as they were typed. */
export interface KeyDraft {
  readonly name: string;
  readonly models: string;
  readonly tokensPerDay: string;
  readonly requestsPerMinute: string;
  readonly concurrency: string;
  readonly budget: string;
  readonly budgetUnit: "tokens" | "usd";
  readonly budgetPeriod: string;
  /** A day, `2026-12-31`: the key ends when it begins, in UTC. */
  readonly expires: string;
  readonly trace: boolean;
}

/** An empty form. */
export const emptyDraft: KeyDraft = {
  name: "",
  models: "",
  tokensPerDay: "",
  requestsPerMinute: "",
  concurrency: "",
  budget: "",
  budgetUnit: "tokens",
  budgetPeriod: "day",
  expires: "",
  trace: false,
};

const toText = (value: number | null | undefined): string =>
  value === null || value === undefined ? "" : String(value);

/** The form of a key as it is. */
export function toDraft(key: KeyObject): KeyDraft {
  return {
    name: key.name,
    models: key.models === null ? "" : key.models.join(", "),
    tokensPerDay: toText(key.tokens_per_day),
    requestsPerMinute: toText(key.requests_per_minute),
    concurrency: toText(key.concurrency),
    budget: toText(key.budget?.usd ?? key.budget?.tokens),
    budgetUnit: key.budget?.usd === undefined ? "tokens" : "usd",
    budgetPeriod: key.budget?.period ?? "day",
    expires: key.expires_at?.slice(0, 10) ?? "",
    trace: key.trace,
  };
}

/** A number as people type it: 50,000 or 50k or 1.5M. What is none stays what it is, so that the gateway says what is wrong with it. */
export function readNumber(text: string): number | string {
  const [, digits = "", unit = ""] = /^([\d.,\s]*\d)\s*([kKmM]?)$/.exec(text.trim()) ?? [];
  const value = Number(digits.replace(/[,\s]/g, ""));
  if (digits === "" || Number.isNaN(value)) return text.trim();
  return value * { "": 1, k: 1000, m: 1e6 }[unit.toLowerCase() as "" | "k" | "m"];
}

const orNull = (text: string): number | string | null => (text.trim() === "" ? null : readNumber(text));

/** A form as the body of `POST` and `PATCH …/keys`; `null` takes away. */
export function toBody(draft: KeyDraft) {
  const models = draft.models
    .split(/[,\n]/)
    .map((model) => model.trim())
    .filter((model) => model !== "");
  const amount = orNull(draft.budget);
  return {
    name: draft.name,
    models: models.length === 0 ? null : models,
    tokens_per_day: orNull(draft.tokensPerDay),
    requests_per_minute: orNull(draft.requestsPerMinute),
    concurrency: orNull(draft.concurrency),
    budget: amount === null ? null : { [draft.budgetUnit]: amount, period: draft.budgetPeriod },
    expires_at: draft.expires === "" ? null : `${draft.expires}T00:00:00Z`,
    trace: draft.trace,
  };
}

/** What of a form is not as it was: the body of a `PATCH`. So what nobody touched stays, an hour of its end too. */
export function toChange(draft: KeyDraft, before: KeyDraft): Partial<ReturnType<typeof toBody>> {
  const old = new Map<string, string>(
    Object.entries(toBody(before)).map(([name, value]) => [name, JSON.stringify(value)]),
  );
  const changed = Object.entries(toBody(draft)).filter(
    ([name, value]) => JSON.stringify(value) !== old.get(name),
  );
  return Object.fromEntries(changed);
}
