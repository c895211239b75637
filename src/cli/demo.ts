import { readConfig, type Config } from "../config.ts";
import { startCompatibleSimulator, type CompatibleSimulator } from "../simulator/compatible/index.ts";
import { startSimulator, type Simulator } from "../simulator/index.ts";
import { DEFAULT_MODELS } from "../simulator/model-catalogue.ts";
import { localUrl } from "./local-url.ts";
import { ownCommand } from "./look-around.ts";
import { serve } from "./serve.ts";
import type { Terminal } from "./terminal.ts";

/** What Akash Chat gives, and how often each token counts here: four short answers, then the next upstream goes on. */
const allowance = 25_000;
const multiplier = 250;
/** Between the small deltas of answers, in ms. */
const pace = 25;
const key = "demo";

interface Simulators {
  readonly web: Simulator;
  readonly paid: CompatibleSimulator;
  close(): Promise<void>;
}

/**
 * Starts simulators of Akash Chat, which gives little, and of AkashML, which has the same models, and a gateway over both,
 * offline, and says what to try. All settings but those of upstreams are taken from the environment. `simulatorPort`, of the
 * first one: 0 takes a free port.
 */
export async function demo(simulatorPort: number, terminal: Terminal): Promise<void> {
  const { environment } = terminal;
  const simulators = await startSimulators(simulatorPort);
  const { web, paid } = simulators;
  try {
    const config = readConfig({
      ...environment,
      AKASH_BASE_URL: web.url,
      AKASH_ACCESS_TOKEN: undefined,
      AKASH_COOKIE: undefined,
      AKASHML_API_KEY: key,
      AKASHML_BASE_URL: paid.baseUrl,
      COMPATIBLE_BASE_URL: undefined,
      COMPATIBLE_API_KEY: undefined,
      CONFIG_FILE: "none",
    });
    // Standard output is the log's, whose readers take nothing but JSON.
    const output = terminal.output.isTTY === true ? terminal.output : terminal.errors;
    output.write(
      `Demo: answers come from simulators, not from Akash: akash-chat at ${web.url}, akashml at ${paid.url}.\n`,
    );
    const url = await serve(config, {
      environment,
      beforeExit: () => simulators.close(),
      kind: "demo",
    });
    const { port } = new URL(url);
    const address = { ...config.SERVER_ADDRESS, port: Number(port || 80) };
    output.write(describeTry(address, config, ownCommand(terminal)));
  } catch (error) {
    // They would keep the process alive.
    await simulators.close();
    throw error;
  }
}

async function startSimulators(port: number): Promise<Simulators> {
  const web = await startSimulator({
    port,
    pace,
    tokenLimit: allowance,
    models: DEFAULT_MODELS.map((model) => ({ ...model, multiplier })),
  });
  try {
    const models = DEFAULT_MODELS.filter(({ id }) => id !== "AkashGen").map((model) => ({
      id: model.apiId ?? model.id,
      ...(model.tokenLimit === undefined ? {} : { contextLength: model.tokenLimit }),
      ...(model.reasoning === undefined ? {} : { reasoning: model.reasoning }),
    }));
    const paid = await startCompatibleSimulator({ persona: "akashml", apiKey: key, models, pace });
    return {
      web,
      paid,
      async close() {
        await Promise.all([web.close(), paid.close()]);
      },
    };
  } catch (error) {
    await web.close();
    throw error;
  }
}

/** What shows that the second upstream goes on where the first one ends. Each line says whose it is, for those who read standard error. */
function describeTry(
  address: Config["SERVER_ADDRESS"],
  { BEARER_TOKEN }: Pick<Config, "BEARER_TOKEN">,
  command: string,
): string {
  const url = localUrl({ SERVER_ADDRESS: address });
  const body = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Say hello" }] };
  const words = [
    "curl -i",
    `${url}/v1/chat/completions`,
    '-H "content-type: application/json"',
    ...(BEARER_TOKEN === "" ? [] : ['-H "authorization: Bearer $BEARER_TOKEN"']),
    `-d '${JSON.stringify(body)}'`,
  ];
  return [
    `Demo: akash-chat counts each token ${multiplier} times here. Run this some times, and look at the header x-upstream:`,
    `Demo:   ${words.join(" ")}`,
    "Demo: once its budget is used up, the same command is answered by akashml. What is left:",
    `Demo:   ${command} usage --url ${url}`,
    "",
  ].join("\n");
}
