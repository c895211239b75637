import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";

import type { RunAgent } from "../terminal.ts";

/** What ends this program ends the agent. */
const ends = ["SIGTERM", "SIGHUP"] as const;

function leaveToChild(): void {}

/** Runs a program that has the terminal of this process. What ends this one ends that one, too. */
export const runOnTerminal: RunAgent = async ({ command, args, environment, folder }, onStart) => {
  const child = spawn(command, args, { stdio: "inherit", cwd: folder, env: { ...environment } });
  // The terminal sends Ctrl-C to both; the agent decides what it means.
  process.on("SIGINT", leaveToChild);
  // Else it would go on by itself, and its folder, in which a key may be, would stay.
  const passOn = (signal: NodeJS.Signals): boolean => child.kill(signal);
  for (const signal of ends) process.on(signal, passOn);
  try {
    child.once("spawn", onStart);
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    // As shells count it.
    return code ?? 128 + constants.signals[signal ?? "SIGTERM"];
  } finally {
    process.off("SIGINT", leaveToChild);
    for (const end of ends) process.off(end, passOn);
  }
};
