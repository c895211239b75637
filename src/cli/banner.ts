import { findConfigFile } from "../config-file/find-config-file.ts";
import type { Config } from "../config.ts";
import { encodeUsage } from "../dialects/encode-gateway-usage.ts";
import { toGatewayError, type ErrorKind, type GatewayError } from "../errors.ts";
import type { Gateway } from "../gateway.ts";
import type { ModelInfo } from "../model/model-info.ts";
import type { Paint } from "../pretty/create-paint.ts";
import { limitTime } from "../stream/limit-time.ts";
import { startRealTimer } from "../stream/real-timer.ts";
import { describeBudget, type Clock, type UpstreamUsage } from "./describe-budget.ts";
import { localUrl } from "./local-url.ts";
import { lookAround, type Surroundings } from "./look-around.ts";
import { readVersion } from "../version.ts";

/** What is the matter with an upstream, where it can be reached. */
const troubles: Partial<Record<ErrorKind, string>> = {
  overloaded: "lists no models at the moment",
  "upstream-timeout": "does not answer",
  // What was not there in time.
  aborted: "does not answer",
  "upstream-unauthorized": "refuses the key",
  "credit-exhausted": "has no credit left",
  "rate-limited": "wants to be left alone for a while",
  "upstream-protocol": "lists no models that can be read",
  "not-found": "has no list of models",
};

/** What runs: the gateway, or the demo, whose answers a simulator makes. */
export type BannerKind = "gateway" | "demo";

/** What the first part of the banner is made of. */
export interface BannerFacts extends Surroundings {
  readonly kind: BannerKind;
  readonly version: string;
  readonly config: Pick<
    Config,
    "SERVER_ADDRESS" | "PUBLIC_URL" | "BEARER_TOKEN" | "ADMIN_TOKEN" | "DATA_DIR" | "DATABASE_URL"
  >;
  /** Where it listens; the setting may have left the choice to the system. */
  readonly port: number;
  /** Whether a file says which upstreams there are: `chat`, which is started in any folder, would ask others. */
  readonly hasFile: boolean;
}

/** What is learned of the upstreams after the start. */
export interface UpstreamFacts {
  /** Of all upstreams together; `undefined`: none lists any. */
  readonly models: readonly ModelInfo[] | undefined;
  /** In the order in which they are asked. */
  readonly upstreams: readonly {
    readonly name: string;
    /** Why it lists no models. */
    readonly failure: GatewayError | undefined;
    readonly usage: UpstreamUsage | undefined;
  }[];
}

/** How long is waited for upstreams that others can do without. */
const patienceMs = 5000;
const defaultPort = 16_571;
const everyAddress: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);
/** Listening at these, a gateway is found at `localhost`. */
const asLocalhost: ReadonlySet<string> = new Set([...everyAddress, "localhost", "127.0.0.1", "::1"]);

/**
 * Welcomes whoever started the gateway on a terminal: at once with what is known here, and once it is known with what the
 * upstreams have. Nothing waits for that. Each part is written whole, so that lines of the log come before or after it.
 */
export function showBanner(
  {
    gateway,
    config,
    url,
    kind,
  }: {
    readonly gateway: Pick<Gateway, "app" | "services">;
    readonly config: Config;
    /** From `Gateway.listen`. */
    readonly url: string;
    readonly kind: BannerKind;
  },
  output: { write(text: string): unknown },
  paint: Paint,
): void {
  const surroundings = lookAround();
  const port = Number(new URL(url).port || 80);
  const hasFile = findConfigFile(config, process.cwd()).path !== undefined;
  output.write(renderBanner({ ...surroundings, kind, version: readVersion(), config, port, hasFile }, paint));

  async function showUpstreams(): Promise<void> {
    const facts = await learnUpstreams(gateway.services);
    // It may have been stopped meanwhile.
    if (!gateway.app.server.listening) return;
    output.write(renderUpstreams(facts, surroundings.form.command, { now: Date.now() }, paint));
  }
  void showUpstreams();
}

async function learnUpstreams({
  router,
  allowances,
  chat,
  now,
}: Pick<Gateway["services"], "router" | "allowances" | "chat" | "now">): Promise<UpstreamFacts> {
  const limit = limitTime({ milliseconds: patienceMs, startTimer: startRealTimer });
  const forever = new AbortController().signal;
  try {
    const [budgets, ...failures] = await Promise.all([
      allowances(forever),
      ...router.upstreams.map((upstream) =>
        upstream.refreshModels(limit.signal, { patient: true }).then(() => undefined, toGatewayError),
      ),
    ]);
    const { upstreams } = encodeUsage(budgets, undefined, now());
    return {
      models: await chat.listModels(forever).catch(() => undefined),
      upstreams: upstreams.map((usage, at) => ({ name: usage.name, failure: failures[at], usage })),
    };
  } finally {
    limit.release();
  }
}

/** The part that is known at the start. */
export function renderBanner(facts: BannerFacts, paint: Paint): string {
  const { kind, version, config, form, lanAddress } = facts;
  const own = localUrl({ SERVER_ADDRESS: { ...config.SERVER_ADDRESS, port: facts.port } });
  const base = config.PUBLIC_URL ?? own;
  const isOpen = everyAddress.has(config.SERVER_ADDRESS.host) && form.place !== "container";
  const title = kind === "demo" ? "demo is ready" : "is ready";
  const rows = [
    row("OpenAI base URL", `${base}/v1`),
    row("Anthropic base URL", `${base} (Gemini's and Ollama's, too)`),
    row("Console", `${base}/console/`),
    ...(base === own ? [] : [row("On this machine", own)]),
    ...(isOpen && lanAddress !== undefined
      ? [row("On your network", `http://${lanAddress}:${facts.port}`)]
      : []),
    row("API key", describeKeys(config)),
    ...(config.DATA_DIR === undefined ? [] : [row("Data folder", config.DATA_DIR)]),
    ...(config.DATABASE_URL === undefined
      ? []
      : [row("Database", "the one of DATABASE_URL, shared with others")]),
  ];
  const place = form.place === "folder" ? ", in this folder" : "";
  const lines = [
    "",
    `  ${paint("bold", `akashchat-api ${version}`)} ${title}`,
    "",
    ...rows,
    "",
    `  Next, in another terminal${place}:`,
    ...renderCommands(facts, base),
  ];
  return `${lines.join("\n")}\n`;
}

/** What clients send as their key. */
function describeKeys({ BEARER_TOKEN: token, ADMIN_TOKEN: admin }: BannerFacts["config"]): string {
  if (admin !== "")
    return `one of this gateway's (keys create makes one)${token === "" ? "" : ", or its BEARER_TOKEN"}`;
  return token === "" ? "anything: no BEARER_TOKEN is set" : "the BEARER_TOKEN of this gateway";
}

/** The part that the upstreams tell: models, what is the matter with whom, and budgets. */
export function renderUpstreams(
  { models, upstreams }: UpstreamFacts,
  command: string,
  clock: Clock,
  paint: Paint,
): string {
  const lines = models === undefined ? [] : [renderModels(models, upstreams.length)];
  for (const { name, failure } of upstreams) {
    if (failure === undefined) continue;
    lines.push(
      row(name, `${paint("red", troubles[failure.kind] ?? "can't be reached")}. Run: ${command} doctor`),
    );
  }
  for (const { name, usage } of upstreams) {
    if (usage === undefined || usage.state === "unknown") continue;
    const words = describeBudget(usage, clock);
    const label = upstreams.length === 1 ? "Budget" : `Budget, ${name}`;
    lines.push(row(label, usage.state === "spent" ? paint("red", words) : words));
  }
  return `\n${lines.join("\n")}\n\n`;
}

function renderModels(all: readonly ModelInfo[], upstreams: number): string {
  const models = all.filter(({ aliasOf }) => aliasOf === undefined);
  const example = models.find(({ kind }) => kind === "chat")?.id;
  const where = upstreams === 1 ? "" : ` at ${upstreams} upstreams`;
  return row("Models", `${models.length}${where}${example === undefined ? "" : `, such as ${example}`}`);
}

/** Three commands that lead on. Those that ask the gateway are told where it is, unless they find it by themselves. */
function renderCommands({ kind, form, config, port, hasFile }: BannerFacts, base: string): string[] {
  const isFound =
    form.place === "container" ||
    (config.PUBLIC_URL === undefined && port === defaultPort && asLocalhost.has(config.SERVER_ADDRESS.host));
  const at = isFound ? "" : ` --url ${base}`;
  const ask = ['chat "Say hello"', "ask something"];
  const launch = [`launch claude-code${at}`, "start a coding agent"];
  const connect = [`connect open-webui${at}`, "the settings of another client"];
  const usage = [`usage${at}`, "what is left of the budget"];
  // An agent in the container would be of no use; a question beside the demo, or a file, would go to Akash Chat itself.
  const commands =
    form.place === "container"
      ? [usage, connect, ["doctor", "whether everything works"]]
      : kind === "demo" || hasFile
        ? [launch, connect, usage]
        : [ask, launch, connect];
  const whole = commands.map(([rest = "", words = ""]) => [`${form.command} ${rest}`, words] as const);
  const width = Math.max(...whole.map(([command]) => command.length));
  return whole.map(([command, words]) => `    ${command.padEnd(width)}   ${words}`);
}

function row(name: string, words: string): string {
  return `    ${name.padEnd(20)} ${words}`;
}
