import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Builds the console into `<out>/console`, where its tools are; without them the gateway says that it has none. */
export async function buildConsole(out) {
  const vite = await import("vite").catch((error) => {
    // Not something that Vite itself lacks: that is a mistake of the installation.
    if (error.code === "ERR_MODULE_NOT_FOUND" && error.message.includes("'vite'")) return undefined;
    throw error;
  });
  const { NODE_ENV } = process.env;
  // It is the same wherever it is made: Vite leaves more in it where this is set to something else, as in tests.
  process.env.NODE_ENV = "production";
  try {
    await vite?.build({
      configFile: join(root, "vite.console.config.ts"),
      build: { outDir: join(out, "console") },
    });
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
  }
}
