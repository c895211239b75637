import type { ChatBody, ScriptedReply } from "../../../src/simulator/index.ts";
import { createGate } from "../gate.ts";
import { post } from "../post.ts";
import type { Admin, TeamKey } from "./create-admin.ts";
import { createFindings, type Proof } from "./proof.ts";
import { waitUntil } from "./wait-until.ts";

/** Settings without which a request that is made to wait is answered before it is decided. */
export const patientSettings = { RESPONSE_HOLD_MS: "600000" } as const;

const parallel = 200;
const fits = 50;
const maximumTokens = 100;
const prompt = "Say so many words.";
const message = { role: "user", content: prompt };
const model = "DeepSeek-V3.2";

/** The same request in each API: what it reserves is the same. */
const forms = [
  ["/v1/chat/completions", { model, max_tokens: maximumTokens, messages: [message] }],
  ["/v1/messages", { model, max_tokens: maximumTokens, messages: [message] }],
  ["/v1/responses", { model, max_output_tokens: maximumTokens, input: prompt }],
  ["/v1/chat/completions", { model, max_tokens: maximumTokens, messages: [message], stream: true }],
] as const;

/** An upstream that holds its answers until it is told to go on, and counts what it is asked. */
export interface HoldingUpstream {
  readonly script: (body: ChatBody) => ScriptedReply;
  /** From now on requests are counted anew; with `holds` they wait for `release`. Each costs so many tokens. */
  begin(options: { readonly holds: boolean; readonly tokens: number; readonly onAsked: () => void }): void;
  release(): void;
  readonly asked: number;
}

function tellNobody(): void {}

/** Creates one, for a simulator's `script`. */
export function createHoldingUpstream(): HoldingUpstream {
  let gate = createGate();
  gate.open();
  let [asked, tokens, holds] = [0, 0, false];
  let tell = tellNobody;
  return {
    script() {
      asked += 1;
      tell();
      const usage = { promptTokens: Math.floor(tokens / 2), completionTokens: Math.ceil(tokens / 2) };
      return { text: "So many.", usage, ...(holds && { gate: gate.promise }) };
    },
    begin(options) {
      gate = createGate();
      ({ holds, tokens, onAsked: tell } = options);
      asked = 0;
    },
    release: () => gate.open(),
    get asked() {
      return asked;
    },
  };
}

/** The limits that are tried, by the field of the API; how a cap comes of what a request reserves; what is used in the end. */
const limits = [
  { field: "budget", wish: (cap: number) => ({ budget: { tokens: cap } }), inTokens: true },
  { field: "tokens_per_day", wish: (cap: number) => ({ tokens_per_day: cap }), inTokens: true },
  { field: "concurrency", wish: (cap: number) => ({ concurrency: cap }), inTokens: false },
] as const;

/** What is put to the proof. */
export interface FiftyOptions {
  /** Of each gateway, without `/v1`: requests go to them in turn. */
  readonly urls: readonly string[];
  readonly admin: Admin;
  readonly upstream: HoldingUpstream;
  readonly rounds: number;
  /** The fields of the limits that are tried. Default: all. */
  readonly fields?: readonly (typeof limits)[number]["field"][];
}

/**
 * 200 requests at once against a limit for 50: exactly 50 pass, also where answers end while others are let in, and what they have
 * cost is what the upstream counted. Each round tries every kind of limit, with answers that wait until all is decided and
 * with answers that come at once.
 */
export async function proveFifty({ urls, admin, upstream, rounds, fields }: FiftyOptions): Promise<Proof> {
  const { broken, must, mustBe } = createFindings();
  const odd = new Set<string>();
  let count = 0;

  async function ask(key: TeamKey, number: number): Promise<number> {
    const [path, body] = forms[number % forms.length] ?? forms[0];
    const url = urls[number % urls.length] ?? "";
    const { status, text } = await post(`${url}${path}`, body, { authorization: `Bearer ${key.key}` });
    const isRefused =
      (status === 402 || status === 429) && /\((?:budget|tokens_per_day|concurrency)\)/.test(text);
    if (status !== 200 && !isRefused) odd.add(`${status}: ${text}`);
    return status === 200 && text.includes("So many.") ? 200 : status;
  }

  /** What one request takes of a limit in tokens. */
  async function measure(): Promise<number> {
    const key = await admin.createKey({ budget: { tokens: 1e9 } });
    const asked = createGate();
    upstream.begin({ holds: true, tokens: 1, onAsked: () => asked.open() });
    const answer = ask(key, 0);
    await asked.promise;
    const { reserved } = await admin.limitOf(key.id, "budget");
    upstream.release();
    mustBe(await answer, 200, "the status of a request alone");
    return reserved;
  }

  async function run(kind: (typeof limits)[number], each: number, holds: boolean): Promise<void> {
    const unit = kind.inTokens ? each : 1;
    const key = await admin.createKey(kind.wish(fits * unit));
    const decided = createGate();
    let [decisions, refused] = [0, 0];
    const onDecided = (): void => {
      decisions += 1;
      if (decisions === parallel) decided.open();
    };
    // All that was reserved is spent, so that nothing is given back to those that come later.
    upstream.begin({ holds, tokens: each, onAsked: onDecided });
    const answers = Array.from({ length: parallel }, async (_, number) => {
      const status = await ask(key, number);
      if (status !== 200) onDecided();
      if (status === 402 || status === 429) refused += 1;
      return status;
    });
    if (holds) await decided.promise;
    const name = `${kind.field}, ${holds ? "all at once" : "one after the other"}, round ${count}`;
    if (holds) mustBe(upstream.asked, fits, `asked of the upstream while all wait (${name})`);
    upstream.release();
    const passed = (await Promise.all(answers)).filter((status) => status === 200).length;
    mustBe(upstream.asked, passed, `answered (${name})`);
    mustBe(passed + refused, parallel, `answered or refused (${name})`);
    mustBe(passed, fits, `passed (${name})`);
    const last = await waitUntil(
      () => admin.limitOf(key.id, kind.field),
      ({ used, reserved }) => reserved === 0 && used === (kind.inTokens ? passed * each : 0),
    );
    mustBe(last.reserved, 0, `still reserved (${name})`);
    mustBe(last.used, kind.inTokens ? passed * each : 0, `used (${name})`);
    const next = await ask(key, 0);
    must(kind.inTokens ? next === 402 : next === 200, `the next request got ${next} (${name})`);
  }

  const each = await measure();
  for (; count < rounds; count += 1) {
    for (const kind of limits.filter(({ field }) => fields?.includes(field) ?? true)) {
      await run(kind, each, true);
      // Requests at once are no more than 50 only while they are.
      if (kind.inTokens) await run(kind, each, false);
    }
  }
  for (const answer of odd) broken.push(`an answer that is neither: ${answer}`);
  return { broken, figures: { rounds, gateways: urls.length, "tokens of a request": each } };
}
