import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { ConfigError, readConfig } from "../config.ts";
import { GatewayError } from "../errors.ts";
import { hasColours } from "../pretty/create-paint.ts";
import { adoptSettings } from "./adopt-settings.ts";
import { addKeyCommands } from "./admin/add-key-commands.ts";
import type { TraceOptions } from "./admin/trace.ts";
import type { ChatOptions } from "./chat/chat.ts";
import type { Size } from "./connect/client.ts";
import { clientNames, programNames } from "./connect/client-names.ts";
import { countWorkers } from "./count-workers.ts";
import { explainSystemError } from "./explain-system-error.ts";
import { hintUsage } from "./hint-usage.ts";
import { ownCommand } from "./look-around.ts";
import { nameOrigins } from "./settings/name-origins.ts";
import { findOwnConfig, readOwnConfig, startCommand, type Started } from "./start-command.ts";
import type { Terminal } from "./terminal.ts";
import { addUsageCommand } from "./usage-command.ts";
import { UsageError } from "./usage-error.ts";
import { readVersion } from "../version.ts";

export { endQuietly } from "./end-quietly.ts";

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

/** What is known of a run besides what it prints. */
interface Outcome {
  /** Which file a setting is from. */
  origins: ReadonlyMap<string, string>;
  exitCode: number;
}

/** How wide help may be: the library's own width, but on a terminal. */
const columnsOf = ({ isTTY, columns = 80 }: Terminal["output"]): number => (isTTY === true ? columns : 80);

/** Has the library of commands print where `terminal` says. */
function createCommand({ output, errors, environment }: Terminal): Command {
  const hasColoursAt = ({ isTTY }: Terminal["output"]) => hasColours(isTTY === true, environment);
  return new Command("akashchat-api").configureOutput({
    writeOut: (text) => void output.write(text),
    writeErr: (text) => void errors.write(text),
    getOutHelpWidth: () => columnsOf(output),
    getErrHelpWidth: () => columnsOf(errors),
    getOutHasColors: () => hasColoursAt(output),
    getErrHasColors: () => hasColoursAt(errors),
  });
}

function createProgram(given: Terminal, outcome: Outcome): Command {
  let started: Started | undefined;
  /** Called by actions alone. */
  function running(): Started {
    if (started === undefined) throw new Error("No command runs yet.");
    return started;
  }
  /** Settings of a command that only asks a gateway. */
  const readSettings = () => readConfig(running().terminal.environment);
  const program = createCommand(given)
    .description(
      "Use Akash Chat, AkashML and your own servers from any AI client: the APIs of OpenAI, Anthropic, Gemini and Ollama on your own machine.",
    )
    .version(readVersion(), "-v, --version")
    .exitOverride()
    .hook("preAction", (_program, command) => {
      started = startCommand(command.name(), given);
      outcome.origins = started.loaded.origins;
    });

  program
    .command("serve")
    .description("run the gateway; what is done without a command")
    .action(async () => {
      const { loaded, services } = running();
      const { variables: environment } = services;
      const config = readSettings();
      adoptSettings(loaded.values);
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
      const { loaded, terminal } = running();
      adoptSettings(loaded.values);
      const { demo } = await import("./demo.ts");
      await demo(options.simulatorPort, terminal);
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
      const { services, loaded } = running();
      outcome.exitCode = await doctor({ ...services, origins: loaded.origins, probe });
    });
  addUsageCommand(program, {
    urlOption,
    findConfig: () => findOwnConfig(running()),
    findServices: () => running().services,
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
      await showTrace(readSettings(), id, options, running().terminal);
    });
  addKeyCommands(keys, { urlOption, findTerminal: () => running().terminal });
  program
    .command("healthcheck", { hidden: true })
    .description("exit with 0 if the gateway of this configuration answers; for containers")
    .action(async () => {
      const { healthcheck } = await import("./healthcheck.ts");
      const { environment, errors } = running().terminal;
      outcome.exitCode = await healthcheck(environment["SERVER_ADDRESS"], errors);
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
      const { services, loaded } = running();
      const { folder, output } = services.terminal;
      outcome.exitCode = checkConfig(services.variables, {
        file,
        ...(json === undefined ? {} : { json }),
        origins: loaded.origins,
        folder,
        write: (text) => output.write(text),
      });
    });
  config
    .command("schema")
    .description("print the JSON schema of gateway.yaml, for editors")
    .action(async () => {
      const { createConfigJsonSchema } = await import("../config-file/json-schema.ts");
      given.output.write(`${JSON.stringify(createConfigJsonSchema(), undefined, 2)}\n`);
    });
  program
    .command("models")
    .description("list the models that the upstreams offer now")
    .option("--json", "print JSON")
    .action(async (options: { json?: boolean }) => {
      const { listModels } = await import("./list-models.ts");
      const started = running();
      await listModels(readOwnConfig(started), options.json === true, started.services);
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
      const started = running();
      outcome.exitCode = await chat(readOwnConfig(started), prompt, options, started.services);
    });
  program
    .command("image")
    .description("make an image and write it to a file")
    .argument("<prompt>", "what to draw")
    .requiredOption("-o, --out <file>", "file to write; .png, .jpg and .webp choose the format")
    .action(async (prompt: string, options: { out: string }) => {
      const { image } = await import("./image.ts");
      const started = running();
      await image(readOwnConfig(started), { prompt, out: options.out }, started.services);
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
    const size = sizeOf(options);
    outcome.exitCode = await connect(readSettings(), client, { ...options, size }, running().terminal);
  });
  targetOptions(
    program
      .command("launch")
      .description("start a coding agent, configured for the gateway: launch claude-code -- -p hello")
      .argument("<client>", programNames.join(" | "))
      .argument("[args...]", "arguments for the agent, after --"),
  ).action(async (client: string, args: string[], options: TargetOptions) => {
    const { launch } = await import("./connect/launch.ts");
    // What an agent starts inherits its environment, and needs no settings of files.
    outcome.exitCode = await launch(
      readSettings(),
      client,
      args,
      { ...options, size: sizeOf(options) },
      given,
    );
  });
  return program;
}

/**
 * Runs one command of the command line. Resolves to the exit code: 0, what the command set, 1 for a failure
 * (told on standard error in words), 2 for wrong usage or configuration. Uses nothing of the process but what `terminal` has, so that
 * several can run at once, except for `serve` and `demo`, which resolve once the gateway listens (the process then lives on), and `launch`,
 * whose agent is given the terminal.
 */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const { errors } = terminal;
  const outcome: Outcome = { origins: new Map(), exitCode: 0 };
  try {
    // Not a default command of the library's, which would take a mistyped command for an argument of it.
    await createProgram(terminal, outcome).parseAsync(args.length === 0 ? ["serve"] : args, { from: "user" });
    return outcome.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      // The library has told the mistake.
      const { code, message } = error;
      errors.write(`${hintUsage({ code, message, args, command: ownCommand(terminal) })}\n`);
      return 2;
    }
    if (error instanceof ConfigError || error instanceof UsageError) {
      const { message } = error instanceof ConfigError ? nameOrigins(error, outcome.origins) : error;
      errors.write(`${message}\n`);
      return 2;
    }
    errors.write(`${error instanceof GatewayError ? error.message : explainSystemError(error)}\n`);
    return 1;
  }
}
