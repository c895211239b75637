import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { findNamedVariables } from "../config-file/find-named-variables.ts";
import type { Environment } from "../config-file/index.ts";
import { ConfigError, readConfig, type Config } from "../config.ts";
import { GatewayError } from "../errors.ts";
import { addKeyCommands } from "./admin/add-key-commands.ts";
import type { TraceOptions } from "./admin/trace.ts";
import type { ChatOptions } from "./chat/chat.ts";
import type { Size } from "./connect/client.ts";
import { clientNames, programNames } from "./connect/client-names.ts";
import { endQuietly } from "./end-quietly.ts";
import { countWorkers } from "./count-workers.ts";
import { explainSystemError } from "./explain-system-error.ts";
import { hintUsage } from "./hint-usage.ts";
import { ownCommand } from "./look-around.ts";
import { loadSettings, type LoadedSettings } from "./settings/load-settings.ts";
import { nameOrigins } from "./settings/name-origins.ts";
import { toOwnConfig } from "./settings/own-config.ts";
import { userSettingsFile } from "./settings/user-file.ts";
import { addUsageCommand } from "./usage-command.ts";
import { UsageError } from "./usage-error.ts";
import { readVersion } from "../version.ts";

// Commands are imported when they run, so that `--help` and `serve` don't pay for the others.

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError("must be a port number, 0 to 65535");
  return port;
}

const urlOption = [
  "--url <url>",
  "where the gateway is reached (default: from PUBLIC_URL or SERVER_ADDRESS)",
] as const;

const targetOptions = (command: Command): Command =>
  command
    .option(...urlOption)
    .addOption(
      new Option("--key-file <file>", "a file with the gateway's key (default: BEARER_TOKEN)").conflicts(
        "key",
      ),
    )
    .option("--key <key>", "the key itself; other users of this machine can see it")
    .option("--model <id>", "the model to use (default: what the gateway means by auto)")
    .addOption(
      new Option(
        "--small",
        "agents: the smallest prompt that works, without the project's instructions",
      ).conflicts("full"),
    )
    .option("--full", "agents: the agent's own prompt and all its tools (default: a small prompt)");

interface TargetOptions {
  readonly url?: string;
  readonly key?: string;
  readonly keyFile?: string;
  readonly model?: string;
  readonly small?: boolean;
  readonly full?: boolean;
}

function sizeOf({ small, full }: TargetOptions): Size {
  if (small === true) return "small";
  return full === true ? "full" : "default";
}

/** Commands for which a `.env` and a `gateway.yaml` in their folder are the gateway's own. Others are started in any folder. */
const gatewayCommands = new Set(["serve", "demo", "doctor", "healthcheck", "check"]);

/** Reads the files of settings that a command has, and tells what is odd in them. */
function loadSettingsOf(command: string): LoadedSettings {
  const isOfGateway = gatewayCommands.has(command);
  const own = { path: userSettingsFile(process.env), isOurs: true, isGuarded: !isOfGateway };
  const here = { path: ".env", isOurs: isOfGateway, isGuarded: !isOfGateway };
  // Agents are launched in folders of projects, and a project must not choose where the agent's model is.
  const loaded = loadSettings(
    command === "launch" ? [own] : [here, own],
    process.env,
    undefined,
    (settings) => findNamedVariables(settings, process.cwd()),
  );
  for (const warning of loaded.warnings) process.stderr.write(`Warning: ${warning}\n`);
  return loaded;
}

/**
 * The settings of a command that is started in any folder, and may ask upstreams. `foreign`: as `LoadedSettings` has it. Who
 * asks them calls `warn`, which says what is not used.
 */
function findOwnConfig(foreign: LoadedSettings["foreign"]): {
  readonly config: Config;
  readonly warn: () => void;
} {
  const { config, passedOver } = toOwnConfig(readConfig(process.env), { folder: process.cwd(), foreign });
  return {
    config,
    warn() {
      if (passedOver === undefined) return;
      process.stderr.write(
        `Warning: ${passedOver} is not used: this folder may be anybody's. If it is yours, name that file by CONFIG_FILE in the environment or in ${userSettingsFile(process.env)}.\n`,
      );
    },
  };
}

/** The same for a command that asks upstreams in any case. */
function readOwnConfig(foreign: LoadedSettings["foreign"]): Config {
  const { config, warn } = findOwnConfig(foreign);
  warn();
  return config;
}

function createProgram(origins: Map<string, string>): Command {
  let agentSettings: Readonly<Record<string, string>> = {};
  let foreign: LoadedSettings["foreign"] = {};
  /** What `${NAME}` in the configuration file stands for. */
  let environment: Environment = process.env;
  const program = new Command("akashchat-api")
    .description(
      "Use Akash Chat, AkashML and your own servers from any AI client: the APIs of OpenAI, Anthropic, Gemini and Ollama on your own machine.",
    )
    .version(readVersion(), "-v, --version")
    .exitOverride()
    .hook("preAction", (_program, command) => {
      const loaded = loadSettingsOf(command.name());
      for (const [name, path] of loaded.origins) origins.set(name, path);
      // What an agent starts inherits its environment, and needs none of them.
      if (command.name() === "launch") agentSettings = loaded.values;
      else Object.assign(process.env, loaded.values);
      environment = { ...process.env, ...loaded.others };
      foreign = loaded.foreign;
    });

  program
    .command("serve")
    .description("run the gateway; what is done without a command")
    .action(async () => {
      const config = readConfig(process.env);
      if (countWorkers(config) > 1) {
        const { serveWorkers } = await import("./serve-workers.ts");
        await serveWorkers(config, environment);
        return;
      }
      const { serve } = await import("./serve.ts");
      await serve(config, { environment, reload: ({ services }) => services.reload() });
    });
  program
    .command("demo")
    .description("run the gateway over built-in simulators of two upstreams: no network")
    .addOption(
      new Option("--simulator-port <port>", "port of the first simulator")
        .argParser(parsePort)
        .default(0, "any free one"),
    )
    .action(async (options: { simulatorPort: number }) => {
      const { demo } = await import("./demo.ts");
      await demo(process.env, options.simulatorPort);
    });
  program
    .command("doctor")
    .description(
      "check the configuration and each upstream: network, key, models, budget, and what costs nothing",
    )
    .option(
      "--probe <model...>",
      "ask these models for a few tokens, which may cost money: do their servers read calls of tools?",
    )
    .action(async ({ probe = [] }: { probe?: string[] }) => {
      const { doctor } = await import("./doctor/doctor.ts");
      process.exitCode = await doctor(environment, { origins, probe });
    });
  addUsageCommand(program, {
    urlOption,
    findConfig: () => findOwnConfig(foreign),
    findEnvironment: () => environment,
  });
  const keys = program.command("keys").description("make, list, change and revoke keys of a running gateway");
  program
    .command("trace")
    .description("show why a request went as it went, where it was traced")
    .argument("<id>", "of the request (x-request-id), or of the trace (x-trace)")
    .option(...urlOption)
    .option("--json", "print all of it, for a bug report")
    .action(async (id: string, options: TraceOptions) => {
      const { showTrace } = await import("./admin/trace.ts");
      await showTrace(readConfig(process.env), id, options);
    });
  addKeyCommands(keys, { urlOption, readConfig: () => readConfig(process.env) });
  program
    .command("healthcheck", { hidden: true })
    .description("exit with 0 if the gateway of this configuration answers; for containers")
    .action(async () => {
      const { healthcheck } = await import("./healthcheck.ts");
      process.exitCode = await healthcheck(process.env["SERVER_ADDRESS"]);
    });
  const config = program
    .command("config")
    .description("check the configuration, or print the JSON schema of its file");
  config
    .command("check")
    .description("say what the settings and the configuration file mean, or all that is wrong with them")
    .argument("[file]", "another file than CONFIG_FILE or gateway.yaml")
    .option("--json", "print JSON")
    .action(async (file: string | undefined, { json }: { json?: boolean }) => {
      const { checkConfig } = await import("./config/check.ts");
      process.exitCode = checkConfig(environment, {
        file,
        ...(json === undefined ? {} : { json }),
        origins,
        folder: process.cwd(),
        write: (text) => process.stdout.write(text),
      });
    });
  config
    .command("schema")
    .description("print the JSON schema of gateway.yaml, for editors")
    .action(async () => {
      const { createConfigJsonSchema } = await import("../config-file/json-schema.ts");
      process.stdout.write(`${JSON.stringify(createConfigJsonSchema(), undefined, 2)}\n`);
    });
  program
    .command("models")
    .description("list the models that the upstreams offer now")
    .option("--json", "print JSON")
    .action(async (options: { json?: boolean }) => {
      const { listModels } = await import("./list-models.ts");
      await listModels(readOwnConfig(foreign), environment, options.json === true);
    });
  program
    .command("chat")
    .description("ask one question, or hold a conversation: on a terminal without a prompt")
    .argument("[prompt]", "the question; - or nothing reads it from standard input")
    .option("-m, --model <id>", "the model (default: DEFAULT_MODEL, or the first of the list)")
    .option("-s, --system <text>", "system prompt")
    .option("--reasoning", "show the model's thinking on standard error")
    .option("--no-history", "keep nothing of what is typed for the next conversation")
    .action(async (prompt: string | undefined, options: ChatOptions) => {
      const { chat } = await import("./chat/chat.ts");
      await chat(readOwnConfig(foreign), environment, prompt, options);
    });
  program
    .command("image")
    .description("make an image and write it to a file")
    .argument("<prompt>", "what to draw")
    .requiredOption("-o, --out <file>", "file to write; .png, .jpg and .webp choose the format")
    .action(async (prompt: string, options: { out: string }) => {
      const { image } = await import("./image.ts");
      await image(readOwnConfig(foreign), environment, prompt, options.out);
    });
  targetOptions(
    program
      .command("connect")
      .description("print the configuration that points a client at the gateway, or write it")
      .argument("<client>", clientNames.join(" | "))
      .option("--write", "write the client's configuration file, after asking")
      .option("--yes", "with --write: don't ask"),
  ).action(async (client: string, options: TargetOptions & { write?: boolean; yes?: boolean }) => {
    const { connect } = await import("./connect/connect.ts");
    await connect(readConfig(process.env), client, { ...options, size: sizeOf(options) });
  });
  targetOptions(
    program
      .command("launch")
      .description("start a coding agent, configured for the gateway: launch claude-code -- -p hello")
      .argument("<client>", programNames.join(" | "))
      .argument("[args...]", "arguments for the agent, after --"),
  ).action(async (client: string, args: string[], options: TargetOptions) => {
    const { launch } = await import("./connect/launch.ts");
    process.exitCode = await launch(readConfig({ ...process.env, ...agentSettings }), client, args, {
      ...options,
      size: sizeOf(options),
    });
  });
  return program;
}

/**
 * Runs one command of the command line. Resolves to the exit code: 0, what the command set, 1 for a failure
 * (told on standard error in words), 2 for wrong usage or configuration. `serve` and `demo` resolve once the
 * gateway listens; the process then lives on.
 */
export async function runCli(args: readonly string[]): Promise<number> {
  const origins = new Map<string, string>();
  endQuietly(args[0]);
  try {
    // Not a default command of the library's, which would take a mistyped command for an argument of it.
    await createProgram(origins).parseAsync(args.length === 0 ? ["serve"] : args, { from: "user" });
    return typeof process.exitCode === "number" ? process.exitCode : 0;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      // The library has told the mistake.
      const { code, message } = error;
      process.stderr.write(`${hintUsage({ code, message, args, command: ownCommand() })}\n`);
      return 2;
    }
    if (error instanceof ConfigError || error instanceof UsageError) {
      const { message } = error instanceof ConfigError ? nameOrigins(error, origins) : error;
      process.stderr.write(`${message}\n`);
      return 2;
    }
    process.stderr.write(`${error instanceof GatewayError ? error.message : explainSystemError(error)}\n`);
    return 1;
  }
}
