import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

interface Package {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Whether the agents that are installed on demand belong to this run too. */
export const runsAll = process.env["TEST_AGENTS"] === "all";

/** Folders with a package.json that pins agents. */
export const folders: readonly string[] = ["..", ...(runsAll ? ["../on-demand"] : [])].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

async function readPackage(folder: string): Promise<Package> {
  return JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Package;
}

/** The agents that are not there in the version that package.json pins, as `name@version`. */
async function findMissing(folder: string): Promise<string[]> {
  const { dependencies = {} } = await readPackage(folder);
  const found = await Promise.all(
    Object.entries(dependencies).map(async ([name, version]) => {
      const installed = await readPackage(join(folder, "node_modules", name)).catch((): Package => ({}));
      return installed.version === version ? [] : [`${name}@${version}`];
    }),
  );
  return found.flat();
}

async function install(folder: string): Promise<void> {
  const missing = await findMissing(folder);
  if (missing.length === 0) return;
  process.stdout.write(`Installing ${missing.join(", ")} (about a gigabyte) ...\n`);
  // `npm run` hands its own settings down; the install shall read the .npmrc of its folder instead.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  // NODE_ENV and friends of the test runner are nothing for install scripts.
  delete env["NODE_ENV"];
  await promisify(execFile)("npm", ["install", "--no-audit", "--no-fund"], { cwd: folder, env });
  const still = await findMissing(folder);
  if (still.length > 0) throw new Error(`npm install in ${folder} did not bring ${still.join(", ")}.`);
}

/** Runs once before the agent tests: installs the agents beside them, unless they are there already. */
export default async function installAgents(): Promise<void> {
  for (const folder of folders) await install(folder);
}
