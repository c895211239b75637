import { existsSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { findCommandForm, type CommandForm } from "./command-form.ts";
import type { Caller } from "./terminal.ts";

/** What the banner wants to know of the machine. */
export interface Surroundings {
  readonly form: CommandForm;
  /** An address at which other machines of the network find this one. */
  readonly lanAddress: string | undefined;
}

/** Looks at how the process was started, at the files that engines of containers leave, and at the network. */
export function lookAround(): Surroundings {
  const { env: environment, argv } = process;
  return {
    form: findForm({ environment, folder: process.cwd(), script: argv[1] }),
    lanAddress: findLanAddress(),
  };
}

/** How to start this program, for what tells people to: `npx akashchat-api` in a clone. */
export function ownCommand(caller: Caller): string {
  return findForm(caller).command;
}

function findForm({ environment, folder, script }: Caller): CommandForm {
  const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");
  return findCommandForm({
    script: script ?? join(root, "dist", "main.js"),
    cwd: folder,
    root,
    isClone: existsSync(join(root, "src")),
    environment,
    container: findContainer(),
    hostname: hostname(),
  });
}

function findContainer(): "docker" | "podman" | undefined {
  if (existsSync("/run/.containerenv")) return "podman";
  return existsSync("/.dockerenv") ? "docker" : undefined;
}

function findLanAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address;
}
