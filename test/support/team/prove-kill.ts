import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { post } from "../post.ts";
import { createAdmin, type TeamKey } from "./create-admin.ts";
import { createFindings, type Proof } from "./proof.ts";
import { startGateway, type TeamGateway } from "./start-gateway.ts";

/** One request, as whoever drives it sends it. */
export type Send = (
  url: string,
  body: object,
  headers: Readonly<Record<string, string>>,
) => Promise<{ readonly status: number; readonly text: string }>;

/** What is put to the proof. */
export interface KillOptions {
  /** An OpenAI-compatible server below `/v1` that answers `promptTokens` and `completionTokens` for each request. */
  readonly upstream: string;
  readonly model: string;
  readonly prompt: string;
  /** Not more than the gateway reserves: what is more than that may overdraw a budget in any case (docs/keys.md). */
  readonly usage: { readonly prompt: number; readonly completion: number };
  readonly entry?: string | undefined;
  readonly kills: number;
  /** Requests before each kill, so many at once. */
  readonly requests: number;
  readonly clients: number;
  /** Default: one connection a request. */
  readonly send?: Send;
}

const perMillion = { input: 100, output: 100 };
const nanoUsd = 1e9;

/** What was told to clients since the start, and when the last of it was. */
interface Acknowledged {
  tokens: number;
  usd: number;
  readonly times: number[];
}

/**
 * kill -9 in the middle of the work of one process with DATA_DIR, again and again:
 * - of tokens nothing is counted that was not spent, and what is lost was answered in the last moments;
 * - of dollars nothing is lost that a client was answered, and a budget is never overdrawn;
 * - nothing stays reserved.
 */
export async function proveKill(options: KillOptions): Promise<Proof> {
  const { upstream, model, prompt, usage, entry, kills, requests, clients, send = post } = options;
  const { broken, must, mustBe } = createFindings();
  const folder = await mkdtemp(join(tmpdir(), "killed-"));
  const each = usage.prompt + usage.completion;
  const price = (each * perMillion.input) / 1e6;
  const cap = price * requests * kills * 0.4;
  const configuration = join(folder, "gateway.yaml");
  const models = `{ price: { input: ${perMillion.input}, output: ${perMillion.output} } }`;
  await writeFile(
    configuration,
    `upstreams:\n  - { name: own, type: openai, base_url: "${upstream}/v1", models: ${models} }\n`,
  );
  const settings = { DATA_DIR: join(folder, "data"), CONFIG_FILE: configuration };
  const body = { model, max_tokens: usage.completion, messages: [{ role: "user", content: prompt }] };

  async function ask(url: string, { key }: TeamKey, told: Acknowledged): Promise<number> {
    try {
      const { status } = await send(`${url}/v1/chat/completions`, body, { authorization: `Bearer ${key}` });
      if (status !== 200) return status;
    } catch {
      // It was killed.
      return 0;
    }
    told.tokens += each;
    told.usd += price;
    told.times.push(performance.now());
    return 200;
  }

  /** Drives until so many were answered or refused, then kills; resolves with the requests a second. */
  async function driveAndKill(
    gateway: TeamGateway,
    keys: readonly TeamKey[],
    told: readonly Acknowledged[],
  ): Promise<number> {
    let over = 0;
    let killed: Promise<void> | undefined;
    const begun = performance.now();
    let seconds = 0;
    async function act(client: number): Promise<void> {
      for (let turn = client; killed === undefined; turn += 1) {
        const [key, own] = [keys[turn % keys.length], told[turn % keys.length]];
        if (key === undefined || own === undefined) return;
        const status = await ask(gateway.url, key, own);
        must([0, 200, 402, 429].includes(status), `a request got ${status}`);
        over += 1;
        if (over < requests || killed !== undefined) continue;
        seconds = (performance.now() - begun) / 1000;
        killed = gateway.kill();
      }
    }
    await Promise.all(Array.from({ length: clients }, (_, client) => act(client)));
    await killed;
    return over / seconds;
  }

  let [tokensKey, usdKey]: (TeamKey | undefined)[] = [];
  const [tokens, usd] = [emptyTally(), emptyTally()];
  const lost: number[] = [];
  const lostMs: number[] = [];
  const rates: number[] = [];
  let [usedTokens, stranded] = [0, 0];
  for (let kill = 0; kill <= kills; kill += 1) {
    await using gateway = await startGateway({ settings, entry });
    const admin = createAdmin(() => gateway.url);
    tokensKey ??= await admin.createKey({ budget: { tokens: 1e12 }, concurrency: 1e6 });
    usdKey ??= await admin.createKey({ budget: { usd: cap } });
    const [ofTokens, ofUsd] = await Promise.all([
      admin.limitOf(tokensKey.id, "budget"),
      admin.limitOf(usdKey.id, "budget"),
    ]);
    mustBe(ofTokens.reserved + ofUsd.reserved, 0, `reserved after ${kill} kills`);
    const atOnce = await admin.limitOf(tokensKey.id, "concurrency");
    mustBe(atOnce.reserved, 0, `requests at once after ${kill} kills`);
    // Of what was under way nobody knows whether it was settled.
    const since = ofTokens.used - usedTokens;
    must(
      since <= tokens.tokens + clients * each,
      `${since} tokens are settled of ${tokens.tokens}, after ${kill} kills`,
    );
    lost.push(Math.max(0, (tokens.tokens - since) / each));
    lostMs.push(ageOf(tokens.times, Math.max(0, (tokens.tokens - since) / each)));
    const right = Math.round(usd.usd * nanoUsd);
    must(
      Math.round(ofUsd.used * nanoUsd) >= right,
      `$${ofUsd.used} are settled of $${usd.usd}, after ${kill} kills`,
    );
    must(usd.usd <= cap + 1e-9, `$${usd.usd} were spent of a budget of $${cap}`);
    stranded = ofUsd.used - usd.usd;
    usedTokens = ofTokens.used;
    tokens.tokens = 0;
    tokens.times.length = 0;
    if (kill < kills) rates.push(await driveAndKill(gateway, [tokensKey, usdKey], [tokens, usd]));
  }
  await rm(folder, { recursive: true, force: true });
  must(usd.usd > 0, "nothing was spent: it proves nothing");
  const [, ...afterKills] = lost;
  const figures = {
    kills,
    "requests a second": Math.round(Math.min(...rates)),
    "requests lost at most": Math.max(...afterKills),
    "answered so many ms before the kill, at most": Math.round(Math.max(...lostMs)),
    "dollars overdrawn": Math.max(0, usd.usd - cap),
    "dollars stranded": Number(stranded.toFixed(6)),
    "of a budget of": Number(cap.toFixed(6)),
  };
  return { broken, figures };
}

function emptyTally(): Acknowledged {
  return { tokens: 0, usd: 0, times: [] };
}

/** How long before the last answer the first of so many last ones came. */
function ageOf(times: readonly number[], count: number): number {
  const first = times[times.length - Math.ceil(count)];
  return count === 0 || first === undefined ? 0 : (times.at(-1) ?? 0) - first;
}
