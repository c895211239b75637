import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const usual = "/usr/bin/chromium";

/** Debian's own package, where this machine is Debian's and ours to change. */
function install(): void {
  const options = { stdio: "inherit", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } } as const;
  for (const args of [
    ["update", "-qq"],
    ["install", "-y", "-qq", "chromium", "fonts-noto-cjk"],
  ]) {
    const { status, error } = spawnSync("apt-get", args, options);
    if (error !== undefined || status !== 0)
      throw new Error(
        `There is no Chromium, and apt-get ${args[0]} failed: ${error?.message ?? `exit code ${status}`}. Name one with CHROMIUM.`,
      );
  }
}

/** Starts the Chromium of this machine (CHROMIUM, else Debian's), which is installed when it is missing. */
export async function startChromium(): Promise<Browser> {
  const path = process.env["CHROMIUM"] ?? usual;
  if (!existsSync(path) && path === usual) install();
  return chromium.launch({ executablePath: path, args: ["--no-sandbox", "--disable-gpu"] });
}
