/**
 * Does what the Dockerfile says, without an engine: `node scripts/check-container.ts`. Each stage is an empty folder, its
 * COPY and RUN are carried out there, and what the image would start is started.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";

import { readDockerfile, type Instruction, type Stage } from "./read-dockerfile.ts";
import { tryProgram } from "./try-program.ts";

const root = resolve(import.meta.dirname, "..");
const place = mkdtempSync(join(tmpdir(), "container-"));
// The Node that runs this: of the major version that the image has.
const path = `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`;

const workFolder = ({ instructions }: Stage) =>
  instructions.find(({ keyword }) => keyword === "WORKDIR")?.text ?? "/";
/** Where a path of a stage's image lies here. */
const inStage = (stage: Stage, name: string) =>
  join(place, stage.name ?? "", resolve(workFolder(stage), name));

function copy(stages: readonly Stage[], stage: Stage, { flags, words }: Instruction): void {
  const target = words.at(-1) ?? "";
  const from = stages.find(({ name }) => name === flags["from"]);
  for (const word of words.slice(0, -1)) {
    const source = from === undefined ? join(root, word) : inStage(from, word);
    const to = inStage(stage, target.endsWith("/") ? join(target, basename(word)) : target);
    cpSync(source, to, { recursive: true, verbatimSymlinks: true });
  }
}

function run(stage: Stage, { text }: Instruction): void {
  const started = Date.now();
  const cwd = inStage(stage, ".");
  // With all that npm needs here to reach its registry.
  const env = { ...process.env, PATH: path, TARGETARCH: process.arch === "x64" ? "amd64" : process.arch };
  const { status } = spawnSync("sh", ["-c", text], { cwd, env, stdio: "inherit" });
  if (status !== 0) throw new Error(`RUN ${text} failed.`);
  console.log(`${((Date.now() - started) / 1000).toFixed(1)} s: RUN ${text}`);
}

async function listening(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("The program's output can't be read.");
  for await (const line of createInterface({ input: child.stdout })) {
    const host = /listening at http:\/\/([^"/]+)/.exec(line)?.[1];
    if (host !== undefined) return host;
  }
  throw new Error("The program ended before it listened.");
}

/** Starts what the image starts, asks for its health as the image does, and ends it as an engine does. */
async function tryImage(stage: Stage): Promise<void> {
  const words = (keyword: string) =>
    stage.instructions.find((instruction) => instruction.keyword === keyword)?.words ?? [];
  const cwd = inStage(stage, ".");
  const env = { PATH: path, SERVER_ADDRESS: "127.0.0.1:0", DATA_DIR: inStage(stage, "/data") };
  const [command = "", ...args] = [...words("ENTRYPOINT"), ...words("CMD")];
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  const exit = once(child, "exit");
  try {
    const address = await listening(child);
    const check = stage.instructions.find(({ keyword }) => keyword === "HEALTHCHECK")?.text ?? "";
    const [program = "", ...rest] = JSON.parse(check.replace(/^CMD\s+/, "")) as string[];
    const { status } = spawnSync(program, rest, {
      cwd,
      env: { PATH: path, SERVER_ADDRESS: address },
      stdio: "inherit",
    });
    if (status !== 0) throw new Error(`The health check ended with ${status}.`);
    child.kill("SIGTERM");
    const [code] = (await exit) as [number | null];
    if (code !== 0) throw new Error(`The program ended with ${code} after SIGTERM.`);
  } finally {
    child.kill("SIGKILL");
  }
}

try {
  const made = ["build", "packages", "program"];
  const stages = readDockerfile(root).filter(({ name }) => name !== null && made.includes(name));
  for (const stage of stages) {
    mkdirSync(inStage(stage, "."), { recursive: true });
    for (const instruction of stage.instructions) {
      if (instruction.keyword === "COPY") copy(stages, stage, instruction);
      if (instruction.keyword === "RUN") run(stage, instruction);
    }
  }
  const image = stages.at(-1);
  if (image === undefined) throw new Error("The Dockerfile has no stages.");
  for (const name of ["typescript", "vitest", "oxlint"])
    if (existsSync(inStage(image, `node_modules/${name}`))) throw new Error(`${name} is in the image.`);
  await tryImage(image);
  console.log(await tryProgram(process.execPath, inStage(image, "dist/main.js")));
  spawnSync("du", ["-sh", inStage(image, ".")], { stdio: "inherit" });
} finally {
  rmSync(place, { recursive: true });
}
