import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

interface Package {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const folder = fileURLToPath(new URL("..", import.meta.url));

async function readPackage(path: string): Promise<Package> {
  return JSON.parse(await readFile(`${folder}/${path}package.json`, "utf8")) as Package;
}

/** The agents that are not there in the version that package.json pins, as `name@version`. */
async function findMissing(): Promise<string[]> {
  const { dependencies = {} } = await readPackage("");
  const found = await Promise.all(
    Object.entries(dependencies).map(async ([name, version]) => {
      const installed = await readPackage(`node_modules/${name}/`).catch((): Package => ({}));
      return installed.version === version ? [] : [`${name}@${version}`];
    }),
  );
  return found.flat();
}

/** Runs once before the agent tests: installs the agents beside them, unless they are there already. */
export default async function installAgents(): Promise<void> {
  const missing = await findMissing();
  if (missing.length === 0) return;
  process.stdout.write(`Installing ${missing.join(", ")} (about a gigabyte) ...\n`);
  // `npm run` hands its own settings down; the install shall read the .npmrc of its folder instead.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  // NODE_ENV and friends of the test runner are nothing for install scripts.
  delete env["NODE_ENV"];
  await promisify(execFile)("npm", ["install", "--no-audit", "--no-fund"], { cwd: folder, env });
  const still = await findMissing();
  if (still.length > 0) throw new Error(`npm install in ${folder} did not bring ${still.join(", ")}.`);
}
