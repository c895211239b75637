import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium, type BrowserServer } from "playwright-core";

/** Debian's: the one without windows first, which costs half as much to drive. */
const usual = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

/** Debian's own package, where this machine is Debian's and ours to change. */
function install(): void {
  const options = { stdio: "inherit", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } } as const;
  for (const args of [
    ["update", "-qq"],
    ["install", "-y", "-qq", "--no-install-recommends", "chromium-headless-shell", "fonts-noto-cjk"],
  ]) {
    const { status, error } = spawnSync("apt-get", args, options);
    if (error !== undefined || status !== 0)
      throw new Error(
        `There is no Chromium, and apt-get ${args[0]} failed: ${error?.message ?? `exit code ${status}`}. Name one with CHROMIUM.`,
      );
  }
}

/** Where the Chromium of this machine is: CHROMIUM, else Debian's, which is installed when it is missing. */
function findChromium(): string {
  const named = process.env["CHROMIUM"];
  if (named !== undefined) return named;
  if (!usual.some((path) => existsSync(path))) install();
  const path = usual.find((one) => existsSync(one));
  if (path === undefined) throw new Error(`There is none of ${usual.join(", ")}. Name one with CHROMIUM.`);
  return path;
}

/** Starts the Chromium of this machine, for all who connect to it. */
export function startChromium(): Promise<BrowserServer> {
  return chromium.launchServer({
    executablePath: findChromium(),
    args: ["--no-sandbox", "--disable-gpu"],
    host: "127.0.0.1",
  });
}
