import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";

import { buildConsole } from "../../../../scripts/build-console.js";
import { startChromium } from "./start-chromium.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the browser is that all files share. */
    readonly browser: string;
  }
}

/** Once, for all files: builds the console, and starts the browser. What is returned ends it. */
export default async function prepare({ provide }: TestProject): Promise<() => Promise<void>> {
  await buildConsole(fileURLToPath(new URL("../../../../dist", import.meta.url)));
  const server = await startChromium();
  provide("browser", server.wsEndpoint());
  return () => server.close();
}
