import type { Config } from "../config.ts";
import { createGateway, type Gateway } from "../gateway.ts";

/**
 * Starts the gateway and keeps the process alive until SIGINT or SIGTERM, which let running streams finish;
 * a second signal ends at once. Resolves once it listens.
 */
export async function serve(config: Config, beforeExit?: () => Promise<void>): Promise<Gateway> {
  const gateway = await createGateway(config);
  const url = await gateway.listen();
  if (process.stdout.isTTY) process.stdout.write(welcome(url, config.BEARER_TOKEN !== ""));

  let stopping = false;
  async function stop(): Promise<void> {
    if (stopping) process.exit(130);
    stopping = true;
    await gateway.close();
    await beforeExit?.();
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`Shutdown failed: ${String(error)}\n`);
          process.exit(1);
        },
      );
    });
  }
  return gateway;
}

function welcome(url: string, needsToken: boolean): string {
  return `
  akashchat-api is ready
    OpenAI base URL      ${url}/v1
    Anthropic base URL   ${url}
    API key              ${needsToken ? "your BEARER_TOKEN" : "anything"}
    Point a client here  akashchat-api connect claude-code
\n`;
}
