import { readFile } from "node:fs/promises";

import { startCompatibleSimulator, startSimulator } from "../../../src/simulator/index.ts";
import { startCollector } from "../../telemetry/start-collector.ts";
import { get, post } from "../post.ts";
import { postgresPassword } from "../postgres/start-postgres.ts";
import type { TestDatabase } from "../postgres/open-test-database.ts";
import { createAdmin, type TeamKey } from "./create-admin.ts";
import { createPlanted } from "./planted.ts";
import { createPrivateRequests } from "./private-requests.ts";
import { createFindings, type Proof } from "./proof.ts";
import { adminToken, startGateway, type TeamGateway } from "./start-gateway.ts";
import { waitUntil } from "./wait-until.ts";

/** What is put to the proof. */
export interface SecretsOptions {
  readonly database: TestDatabase;
  readonly entry?: string | undefined;
  /** `json` or `pretty`. */
  readonly logFormat?: string;
  readonly workers?: string;
}

const own = "own-model";
/** What another key asks, and is answered without a failure. */
const greeting = "A greeting by somebody else";
const admin = { authorization: `Bearer ${adminToken}` };

/** Tables of which it is said that they hold conversations or a secret (docs/database.md). */
const privateTables = new Set(["responses", "secrets", "runs", "run_events"]);

/** All rows of all other tables, as text. */
async function dump({ ask }: TestDatabase): Promise<string> {
  const tables = await ask("SELECT relname AS name FROM pg_stat_user_tables WHERE schemaname = 'gateway'");
  const names = tables.map(({ name }) => String(name)).filter((name) => !privateTables.has(name));
  const rows = await Promise.all(names.map((name) => ask(`SELECT * FROM gateway."${name}"`)));
  return JSON.stringify(rows);
}

/** How the gateway and what it has started stand in the list of processes. */
async function processesOf(pid: number): Promise<string> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  const all = [pid, ...children.split(" ").filter(Boolean).map(Number)];
  return (await Promise.all(all.map((one) => readFile(`/proc/${one}/cmdline`, "utf8")))).join(" ");
}

/**
 * Planted secrets and prompts are in no log line, metric, row of the ledger, table, CSV, span, list of processes and no answer to anybody else while
 * tracing is off. With a trace on, prompts are in that alone, and keys in none of it.
 */
export async function proveSecrets(options: SecretsOptions): Promise<Proof> {
  const { database, entry, logFormat = "json", workers = "1" } = options;
  const { broken, must } = createFindings();
  const [secrets, texts] = [createPlanted(), createPlanted()];
  const settings = {
    BEARER_TOKEN: secrets.plant("BEARER_TOKEN"),
    AKASH_COOKIE: `session_token=${secrets.plant("AKASH_COOKIE")}`,
    AKASH_ACCESS_TOKEN: secrets.plant("AKASH_ACCESS_TOKEN"),
    COMPATIBLE_API_KEY: secrets.plant("COMPATIBLE_API_KEY"),
    IMAGE_LINK_SECRET: secrets.plant("IMAGE_LINK_SECRET"),
    METRICS_TOKEN: secrets.plant("METRICS_TOKEN"),
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${secrets.plant("OTEL_EXPORTER_OTLP_HEADERS")}`,
    DATABASE_URL: database.url,
  };
  secrets.add("ADMIN_TOKEN", adminToken);
  secrets.add("DATABASE_URL", postgresPassword);
  const thought = texts.plant("a thought");
  const answer = texts.plant("an answer");
  const called = JSON.stringify({ name: "read", arguments: { path: texts.plant("arguments of the model") } });
  let asked = 0;
  /** What upstreams say in turn: answers, calls, and failures that quote what they were sent, with the secrets that they know. */
  function say(
    body: unknown,
    ...known: readonly string[]
  ): { readonly text?: string; readonly failure?: string } {
    const sent = JSON.stringify(body);
    if (sent.includes(greeting)) return { text: "Hello yourself." };
    asked += 1;
    // What is quoted is cut, so that the secrets come first in every second failure.
    const quotes = asked % 8 === 0 ? [...known, sent] : [sent, ...known];
    if (asked % 4 === 0) return { failure: quotes.join(" ") };
    return { text: asked % 3 === 0 ? `<tool_call>\n${called}\n</tool_call>` : answer };
  }
  await using web = await startSimulator({
    accessToken: settings.AKASH_ACCESS_TOKEN,
    script(body) {
      const { text = "", failure } = say(body, settings.AKASH_COOKIE, settings.AKASH_ACCESS_TOKEN);
      if (failure === undefined) return { text, reasoning: thought };
      const kind = asked % 8 === 0 ? ("three" as const) : ("http" as const);
      return { error: kind === "three" ? { kind, message: failure } : { kind, status: 500, body: failure } };
    },
  });
  await using compatible = await startCompatibleSimulator({
    persona: "vllm",
    models: [{ id: own }],
    apiKey: settings.COMPATIBLE_API_KEY,
    script({ body, path }) {
      if (!path.includes("completions")) return undefined;
      const { text = "", failure } = say(body, settings.COMPATIBLE_API_KEY);
      return failure === undefined
        ? { kind: "answer", text }
        : { kind: "error", status: asked % 8 === 0 ? 401 : 400, message: failure };
    },
  });
  await using collector = await startCollector();
  await using gateway = await startGateway({
    entry,
    settings: {
      ...settings,
      AKASH_BASE_URL: web.url,
      COMPATIBLE_BASE_URL: compatible.baseUrl,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: "50",
      LOG_LEVEL: "trace",
      LOG_FORMAT: logFormat,
      WORKERS: workers,
    },
  });
  const operator = createAdmin(() => gateway.url);
  async function createKey(wish: object = {}): Promise<TeamKey> {
    const key = await operator.createKey({ budget: { tokens: 1e9 }, tokens_per_day: 1e9, ...wish });
    secrets.add("a key", key.key);
    return key;
  }
  const requests = createPrivateRequests(texts, own);
  let sent = 0;
  /** Of them those that the ledger has a row of, the one with a wrong key in its address too. */
  let noted = 0;

  async function sendAll(key: TeamKey, more: Readonly<Record<string, string>> = {}): Promise<void> {
    const ways = [
      { authorization: `Bearer ${key.key}` },
      { "x-api-key": key.key, authorization: `Bearer ${secrets.plant("a wrong key")}` },
      { "x-api-key": secrets.plant("a wrong key beside"), "api-key": key.key },
    ];
    for (const { path, body, headers } of requests) {
      const way = ways[sent % ways.length] ?? {};
      sent += 1;
      if (!path.endsWith("/count_tokens")) noted += 1;
      const reply = await post(`${gateway.url}${path}`, body, { ...headers, ...way, ...more });
      const { headers: told, text } = reply;
      tell(secrets.findIn(`${text} ${JSON.stringify(told)}`), `an answer to ${path}`);
    }
    const wrong = secrets.plant("a key that is none");
    noted += 1;
    const reply = await post(`${gateway.url}/v1/chat/completions?key=${wrong}`, { model: own, messages: [] });
    tell(secrets.findIn(reply.text), "an answer to a wrong key");
  }

  function tell(found: readonly string[], where: string): void {
    for (const what of found) must(false, `${what} is in ${where}`);
  }

  /** Everything that others see. */
  async function lookEverywhere(
    stranger: TeamKey,
  ): Promise<readonly (readonly [where: string, text: string])[]> {
    const other = { authorization: `Bearer ${stranger.key}` };
    const ask = async (path: string, headers: Record<string, string>) =>
      (await get(`${gateway.url}${path}`, headers)).text;
    const by = ["key", "model", "day", "hour", "upstream", "dialect", "error", "client"];
    return [
      ["the log", gateway.written()],
      ["the metrics", await ask("/metrics", { authorization: `Bearer ${settings.METRICS_TOKEN}` })],
      ["the ledger", await ask("/admin/v1/requests?limit=1000", admin)],
      ["the ledger as CSV", await ask("/admin/v1/requests?limit=1000&format=csv", admin)],
      ...(await Promise.all(
        by.map(
          async (one) =>
            [`sums by ${one}`, await ask(`/admin/v1/usage?by=${one}&format=csv`, admin)] as const,
        ),
      )),
      ["the list of keys", await ask("/admin/v1/keys", admin)],
      ["a table", await dump(database)],
      ["a span", collector.bodies.join("\n")],
      ["the list of processes", await processesOf(gateway.pid)],
      ["the list of models", await ask("/v1/models", other)],
      ["the usage of another key", await ask("/v1/usage", other)],
      ...(await Promise.all(
        ["DeepSeek-V3.2", own].map(async (model) => {
          const body = { model, max_tokens: 9, messages: [{ role: "user", content: greeting }] };
          return [
            "what another key is answered",
            (await post(`${gateway.url}/v1/messages`, body, other)).text,
          ] as const;
        }),
      )),
      ["an error of another key", (await post(`${gateway.url}/v1/messages`, {}, other)).text],
      ["what is not there", await ask("/v1/responses/resp_of_another", other)],
      ["the first page", await ask("/", { accept: "text/html" })],
    ];
  }

  const stranger = await createKey();
  async function settleRows(count: number): Promise<void> {
    const rows = await waitUntil(
      () => operator.rows(),
      ({ length }) => length >= count,
    );
    must(rows.length >= count, `the ledger has ${rows.length} of ${count} rows`);
    await waitUntil(
      async () => collector.spans().length,
      (spans) => spans >= sent,
    );
  }

  await sendAll(await createKey());
  await settleRows(noted);
  for (const [where, text] of await lookEverywhere(stranger)) {
    tell(secrets.findIn(text), where);
    tell(texts.findIn(text), where);
  }
  const untraced = (await get(`${gateway.url}/admin/v1/traces`, admin)).json().data;
  must(untraced.length === 0, "there is a trace although none was wished for");

  const seen = sent;
  await sendAll(await createKey({ trace: true }));
  await settleRows(noted);
  for (const [where, text] of await lookEverywhere(stranger)) {
    tell(secrets.findIn(text), `${where}, with a trace on`);
    tell(texts.findIn(text), `${where}, with a trace on`);
  }
  const traces = await readTraces(gateway);
  tell(secrets.findIn(traces.join("\n")), "a trace");
  must(traces.length > 0 && texts.findIn(traces.join("\n")).length > 0, "no trace holds what it is for");
  return {
    broken,
    figures: { requests: sent, traces: traces.length, traced: sent - seen, spans: collector.spans().length },
  };
}

async function readTraces({ url }: TeamGateway): Promise<readonly string[]> {
  const { data } = (await get(`${url}/admin/v1/traces`, admin)).json();
  return Promise.all(
    data.map(
      async ({ id }: { readonly id: string }) => (await get(`${url}/admin/v1/traces/${id}`, admin)).text,
    ),
  );
}
