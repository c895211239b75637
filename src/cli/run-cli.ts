import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { ConfigError, readConfig } from "../config.ts";
import { GatewayError } from "../errors.ts";
import type { Size } from "./connect/client.ts";
import { clientNames, programNames } from "./connect/clients.ts";
import { explainSystemError } from "./explain-system-error.ts";
import { loadSettingsFile } from "./load-settings-file.ts";
import { UsageError } from "./usage-error.ts";
import { readVersion } from "./version.ts";

// Commands are imported when they run, so that `--help` and `serve` don't pay for the others.

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError("must be a port number, 0 to 65535");
  return port;
}

const targetOptions = (command: Command): Command =>
  command
    .option("--url <url>", "where the gateway is reached (default: from SERVER_ADDRESS)")
    .option("--model <id>", "the model to use (default: the first that the gateway offers)")
    .addOption(
      new Option(
        "--small",
        "agents: the smallest prompt that works, without the project's instructions",
      ).conflicts("full"),
    )
    .option("--full", "agents: the agent's own prompt and all its tools (default: a small prompt)");

interface TargetOptions {
  readonly url?: string;
  readonly model?: string;
  readonly small?: boolean;
  readonly full?: boolean;
}

function sizeOf({ small, full }: TargetOptions): Size {
  if (small === true) return "small";
  return full === true ? "full" : "default";
}

function createProgram(): Command {
  const program = new Command("akashchat-api")
    .description("Use Akash Chat from any AI client: OpenAI and Anthropic APIs on your own machine.")
    .version(readVersion(), "-v, --version")
    .showHelpAfterError("(akashchat-api --help shows what there is)")
    .exitOverride()
    .hook("preAction", (_program, command) => {
      // Agents are launched in folders of projects, and a project must not choose where the agent's model is.
      if (command.name() !== "launch") loadSettingsFile(".env", process.env);
    });

  program
    .command("serve")
    .description("run the gateway; what is done without a command")
    .action(async () => {
      const { serve } = await import("./serve.ts");
      await serve(readConfig(process.env));
    });
  program
    .command("demo")
    .description("run the gateway over a built-in simulator: no network, no limits")
    .addOption(
      new Option("--simulator-port <port>", "port of the simulator")
        .argParser(parsePort)
        .default(0, "any free one"),
    )
    .action(async (options: { simulatorPort: number }) => {
      const { demo } = await import("./demo.ts");
      await demo(process.env, options.simulatorPort);
    });
  program
    .command("doctor")
    .description("check configuration, network, session, models and one tiny completion")
    .action(async () => {
      const { doctor } = await import("./doctor.ts");
      process.exitCode = await doctor(process.env);
    });
  program
    .command("healthcheck", { hidden: true })
    .description("exit with 0 if the gateway of this configuration answers; for containers")
    .action(async () => {
      const { healthcheck } = await import("./healthcheck.ts");
      process.exitCode = await healthcheck(process.env["SERVER_ADDRESS"]);
    });
  program
    .command("models")
    .description("list the models that Akash Chat offers now")
    .option("--json", "print JSON")
    .action(async (options: { json?: boolean }) => {
      const { listModels } = await import("./list-models.ts");
      await listModels(readConfig(process.env), options.json === true);
    });
  program
    .command("chat")
    .description("ask one question; the answer streams to the terminal")
    .argument("<prompt>", "the question; - reads it from standard input")
    .option("-m, --model <id>", "the model (default: the first that Akash Chat offers)")
    .option("-s, --system <text>", "system prompt")
    .option("--reasoning", "show the model's thinking on standard error")
    .action(async (prompt: string, options: { model?: string; system?: string; reasoning?: boolean }) => {
      const { chat } = await import("./chat.ts");
      await chat(readConfig(process.env), prompt, options);
    });
  program
    .command("image")
    .description("make an image and write it to a file")
    .argument("<prompt>", "what to draw")
    .requiredOption("-o, --out <file>", "file to write; .png, .jpg and .webp choose the format")
    .action(async (prompt: string, options: { out: string }) => {
      const { image } = await import("./image.ts");
      await image(readConfig(process.env), prompt, options.out);
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
    process.exitCode = await launch(readConfig(process.env), client, args, {
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
  try {
    // Not a default command of the library's, which would take a mistyped command for an argument of it.
    await createProgram().parseAsync(args.length === 0 ? ["serve"] : args, { from: "user" });
    return typeof process.exitCode === "number" ? process.exitCode : 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof ConfigError || error instanceof UsageError) {
      process.stderr.write(`${error.message}\n`);
      return 2;
    }
    process.stderr.write(`${error instanceof GatewayError ? error.message : explainSystemError(error)}\n`);
    return 1;
  }
}
