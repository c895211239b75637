import { collect } from "../model/collect.ts";
import { loadConfiguration, type Environment } from "../config-file/index.ts";
import { ConfigError, readConfig, type Config } from "../config.ts";
import { toGatewayError } from "../errors.ts";
import { createServices } from "../gateway.ts";
import { limitTime } from "../stream/limit-time.ts";
import { startRealTimer } from "../stream/real-timer.ts";
import { createInspector } from "./create-inspector.ts";
import { createQuestion } from "./create-question.ts";
import { nameOrigins } from "./settings/name-origins.ts";

type Write = (line: string) => void;

/** One look at one thing. `find` resolves to what it saw; what it throws is the finding otherwise. */
interface Check {
  readonly name: string;
  readonly find: (signal: AbortSignal) => Promise<string>;
  /** Later checks can't work without it. */
  readonly essential: boolean;
}

const patience = 60_000;
const listNotes = {
  good: "",
  "no-chat": "",
  guess: " (a guess: its back end did not answer)",
  raw: " (under its back end's ids: this instance has no database, or that does not answer)",
} as const;
const outOfTime = `No answer within ${patience / 1000} s. The network may drop packets silently: check firewall and proxy.`;

/**
 * Checks, in order, what an answer needs: configuration, network and session, models, usage budget, one tiny
 * completion. Says of each what was seen and, when it fails, what to do. Stops where going on is useless.
 * `origins` names the file that a setting is from. Resolves to the exit code: 0 when everything works, 2 for a wrong configuration, otherwise 1.
 */
export async function doctor(
  environment: Environment,
  {
    write = (line) => process.stdout.write(`${line}\n`),
    origins = new Map(),
  }: { readonly write?: Write; readonly origins?: ReadonlyMap<string, string> } = {},
): Promise<number> {
  let config: Config;
  try {
    config = readConfig(environment);
    loadConfiguration(config, environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    write("FAIL  configuration");
    for (const problem of nameOrigins(error, origins).problems) write(`        ${problem}`);
    write(
      "      docs/configuration.md lists every setting, docs/upstreams.md explains the file of upstreams.",
    );
    return 2;
  }
  write(`ok    configuration   upstream ${config.AKASH_BASE_URL}${describeProxy(environment, config)}`);
  return runChecks(config, environment, write);
}

async function runChecks(config: Config, environment: Environment, write: Write): Promise<number> {
  const inspector = createInspector(config);
  const services = await createServices({ ...config, LOG_LEVEL: "silent" }, { environment });
  let chatModel: string | undefined;
  const checks: readonly Check[] = [
    {
      name: "session",
      essential: true,
      async find(signal) {
        const { needed, lifetimeMs } = await inspector.session(signal);
        return needed
          ? `reached, session good for ${Math.round(lifetimeMs / 1000)} s`
          : "reached, no session needed";
      },
    },
    {
      name: "models",
      essential: true,
      async find(signal) {
        const { models, quality } = await inspector.models(signal);
        chatModel = models.find(({ kind }) => kind === "chat")?.id;
        if (chatModel === undefined) {
          throw new Error("No chat model is listed: Akash Chat's own back end is down. Try again later.");
        }
        return `${models.length} offered${listNotes[quality]}, e.g. ${chatModel}`;
      },
    },
    {
      name: "usage budget",
      essential: false,
      async find(signal) {
        const usage = await inspector.usage(signal);
        if (usage === undefined) return "this instance does not count";
        if (usage.blocked) {
          throw new Error(
            `Your address has spent its budget${describeTime(usage.resetsAt)}. ` +
              "IPv6 addresses share one budget: going out by IPv4 may help.",
          );
        }
        return `${Math.round(usage.usedPercent)} % used${describeTime(usage.resetsAt)}`;
      },
    },
    {
      name: "completion",
      essential: true,
      async find(signal) {
        const started = Date.now();
        const request = createQuestion(chatModel ?? "", "Answer with the single word: ready");
        const answer = await collect(
          services.chat.complete(request, { signal, baseUrl: config.AKASH_BASE_URL }),
        );
        const text = answer.blocks.flatMap((block) => (block.kind === "text" ? [block.text] : [])).join("");
        return `${chatModel} said ${JSON.stringify(text.trim().slice(0, 60))} after ${Date.now() - started} ms`;
      },
    },
  ];
  let failures = 0;
  try {
    for (const { name, essential, find } of checks) {
      const limit = limitTime({ milliseconds: patience, startTimer: startRealTimer });
      try {
        write(`ok    ${name.padEnd(15)} ${await find(limit.signal)}`);
      } catch (error) {
        failures += 1;
        write(`FAIL  ${name.padEnd(15)} ${limit.expired ? outOfTime : explain(error)}`);
        if (essential) break;
      } finally {
        limit.release();
      }
    }
  } finally {
    await inspector.close();
    await services.close();
  }
  write(failures === 0 ? "Everything works." : "docs/troubleshooting.md says more.");
  return failures === 0 ? 0 : 1;
}

function describeTime(time: number | undefined): string {
  return time === undefined ? "" : `, renewed at ${new Date(time).toISOString()}`;
}

function explain(error: unknown): string {
  return error instanceof Error && error.name === "Error" ? error.message : toGatewayError(error).message;
}

function describeProxy(environment: Readonly<Record<string, string | undefined>>, config: Config): string {
  const name = config.AKASH_BASE_URL.startsWith("https:") ? "HTTPS_PROXY" : "HTTP_PROXY";
  const proxy = environment[name] ?? environment[name.toLowerCase()];
  if (proxy === undefined || proxy === "") return "";
  // A proxy's URL may hold a password.
  return `, by the proxy ${URL.canParse(proxy) ? new URL(proxy).host : `in ${name} (not a valid URL)`}`;
}
