import { createLog } from "../../src/log.ts";
import type { AnyJson } from "./post.ts";
import { startStack, type Stack, type StackOptions } from "./start-stack.ts";

/** A stack whose log can be read and waited for. */
export interface LoggedStack extends Stack {
  /** What was written so far, line by line. */
  readonly lines: readonly string[];
  /** Resolves with the JSON lines that have these fields as soon as there are `count` of them. */
  logged(fields: Readonly<Record<string, unknown>>, count?: number): Promise<AnyJson[]>;
}

/** Starts a stack that logs: as JSON at `debug`, unless `env` says otherwise. `isTTY`: the log is a terminal. */
export async function startLogged(
  options: StackOptions & { readonly isTTY?: boolean } = {},
): Promise<LoggedStack> {
  const { isTTY = false, ...rest } = options;
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const env = { LOG_LEVEL: "debug", ...options.env };
  const log = await createLog(
    { LOG_LEVEL: env.LOG_LEVEL as "debug", LOG_FORMAT: "auto" },
    {
      isTTY,
      write(text) {
        lines.push(text);
        for (const check of waiting) check();
      },
    },
    {},
  );
  const stack = await startStack({ ...rest, env, overrides: { ...options.overrides, log } });

  function logged(fields: Readonly<Record<string, unknown>>, count = 1): Promise<AnyJson[]> {
    return new Promise((resolve) => {
      function check(): void {
        const found = lines
          .map((line): AnyJson => JSON.parse(line))
          .filter((line) => Object.entries(fields).every(([name, value]) => line[name] === value));
        if (found.length < count) return;
        waiting.delete(check);
        resolve(found);
      }
      waiting.add(check);
      check();
    });
  }
  return { ...stack, lines, logged };
}
