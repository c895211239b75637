import { startSimulator } from "../../../src/simulator/index.ts";
import { createGate } from "../gate.ts";
import { post, type Reply } from "../post.ts";
import { openTestDatabase } from "../postgres/open-test-database.ts";
import type { PostgresServer } from "../postgres/start-postgres.ts";
import { tokensOf } from "./check-sums.ts";
import { createAdmin, type TeamKey } from "./create-admin.ts";
import { createFindings, type Proof } from "./proof.ts";
import { startGateway } from "./start-gateway.ts";
import { waitUntil } from "./wait-until.ts";

/** What is put to the proof. */
export interface OutageOptions {
  /** Nobody else's: it is stopped and started. */
  readonly server: PostgresServer;
  readonly entry?: string | undefined;
  readonly rule: "serve" | "refuse";
  /** Requests while the database is away, so many at once. */
  readonly requests: number;
  readonly clients: number;
}

const usage = { promptTokens: 12, completionTokens: 20 };
const each = usage.promptTokens + usage.completionTokens;
const long = "Say many words, slowly.";

/**
 * PostgreSQL is stopped under load and started again:
 * - an answer that runs goes on to its end;
 * - new requests are served or refused by the rule, each with an answer that says so, and nothing waits;
 * - when the database is back so is all else, by itself: every token that was spent is settled and in the ledger, and nothing is reserved.
 */
export async function proveOutage(options: OutageOptions): Promise<Proof> {
  const { server, entry, rule, requests, clients } = options;
  const { broken, must, mustBe } = createFindings();
  const { url: databaseUrl } = await openTestDatabase(server);
  const slow = createGate();
  const begun = createGate();
  let asked = 0;
  await using simulator = await startSimulator({
    script({ messages }) {
      asked += 1;
      if (messages.at(-1)?.content !== long) return { text: "So many.", usage };
      begun.open();
      return { text: ["So ", "many."], usage, gate: slow.promise, gateAfter: 1 };
    },
  });
  const settings = { AKASH_BASE_URL: simulator.url, DATABASE_URL: databaseUrl, STORE_FAILURE: rule };
  await using gateway = await startGateway({ settings, entry });
  const admin = createAdmin(() => gateway.url);

  function ask({ key }: TeamKey, content = "Say so many words.", more: object = {}): Promise<Reply> {
    const body = { model: "DeepSeek-V3.2", max_tokens: 20, messages: [{ role: "user", content }], ...more };
    return post(`${gateway.url}/v1/chat/completions`, body, { authorization: `Bearer ${key}` });
  }

  const free = await admin.createKey({});
  const counted = await admin.createKey({ budget: { tokens: 1e10 }, concurrency: 1000 });
  const unused = await admin.createKey({ budget: { tokens: 1e6 } });
  for (const key of [free, counted]) mustBe((await ask(key)).status, 200, "the status before the outage");
  const running = ask(counted, long, { stream: true });
  await begun.promise;

  let sent = 0;
  let waitedMs = 0;
  const statuses = new Map<string, number>();
  /** Everybody asks until they have asked so often, in turn with both keys. */
  async function load(count: number): Promise<void> {
    let left = count;
    async function act(): Promise<void> {
      while (left > 0) {
        left -= 1;
        sent += 1;
        const before = performance.now();
        const [name, key] = sent % 2 === 0 ? (["free", free] as const) : (["counted", counted] as const);
        const { status, text } = await ask(key);
        waitedMs = Math.max(waitedMs, performance.now() - before);
        statuses.set(`${name} ${status}`, (statuses.get(`${name} ${status}`) ?? 0) + 1);
        must([200, 503].includes(status), `a request got ${status}: ${text}`);
      }
    }
    await Promise.all(Array.from({ length: clients }, act));
  }

  const loaded = load(requests);
  await server.stop("immediate");
  await loaded;
  await waitUntil(
    async () => gateway.written(),
    (text) => text.includes("the database is away"),
  );
  statuses.clear();
  waitedMs = 0;
  await load(requests);
  const away = Object.fromEntries(statuses);
  const longestMs = Math.round(waitedMs);
  const wanted = rule === "serve" ? 200 : 503;
  for (const name of ["free", "counted"]) {
    const right = statuses.get(`${name} ${wanted}`) ?? 0;
    // Of a budget a hundredth is served, which is not reached here.
    mustBe(right, requests / 2, `requests of the ${name} key that got ${wanted} while the database was away`);
  }
  mustBe((await ask(unused)).status, 503, "the status of a key that was not used before the outage");
  slow.open();
  const whole = await running;
  must(
    whole.text.includes("many.") && whole.text.endsWith("data: [DONE]\n\n"),
    `the running answer: ${whole.text}`,
  );

  await server.start();
  const back = await waitUntil(
    () => ask(unused),
    ({ status }) => status === 200,
  );
  mustBe(back.status, 200, "the status when the database is back");
  await load(clients);
  async function look() {
    const rows = await admin.rows();
    const limits = await admin.limitsOf(counted.id);
    const noted = rows.reduce((sum, row) => sum + (row.key === counted.id ? tokensOf(row) : 0), 0);
    return {
      rows,
      noted,
      used: limits.find(({ limit }) => limit === "budget")?.used,
      reserved: limits.reduce((sum, one) => sum + one.reserved, 0),
    };
  }
  const { rows, noted, used, reserved } = await waitUntil(
    look,
    (seen) =>
      seen.reserved === 0 &&
      seen.used === seen.noted &&
      seen.rows.filter(({ outcome }) => outcome === "answered").length === asked,
  );
  mustBe(reserved, 0, "reserved in the end");
  mustBe(used, noted, "settled in the end, in place of what the ledger has");
  const answered = rows.filter(({ outcome }) => outcome === "answered");
  mustBe(answered.length, asked, "rows of answers, in place of what the upstream was asked");
  mustBe(
    answered.reduce((sum, row) => sum + tokensOf(row), 0),
    asked * each,
    "tokens of all rows",
  );
  must(!gateway.written().includes("could not be noted"), "rows of the ledger were dropped");
  return { broken, figures: { requests: sent, longestMs, ...away } };
}
