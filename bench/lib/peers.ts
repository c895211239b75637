import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { startProcess } from "./start-process.ts";
import { createFolder, type Target, type TargetPlan } from "./targets.ts";

interface Peer {
  readonly name: string;
  /** As npm names it, with the version that was last measured. */
  readonly spec: string;
  /** What requests call the model. */
  readonly model: string;
  readonly headers: (upstream: string) => Readonly<Record<string, string>>;
  /** What Node runs, and by which line it says that it listens. */
  readonly run: (
    folder: string,
    port: number,
    upstream: string,
  ) => { args: readonly string[]; ready: RegExp };
}

const starter = fileURLToPath(new URL("start-llms.ts", import.meta.url));

const peers: readonly Peer[] = [
  {
    name: "Portkey",
    spec: "@portkey-ai/gateway@1.15.2",
    model: "bench",
    headers: (upstream) => ({
      authorization: "Bearer bench",
      "x-portkey-provider": "openai",
      "x-portkey-custom-host": `${upstream}/v1`,
    }),
    run: (folder, port) => ({
      args: [
        join(folder, "node_modules/@portkey-ai/gateway/build/start-server.js"),
        "--headless",
        `--port=${port}`,
      ],
      ready: /./,
    }),
  },
  {
    name: "llms",
    spec: "@musistudio/llms@1.0.53",
    model: "bench,bench",
    headers: () => ({ authorization: "Bearer bench" }),
    run: (folder, port, upstream) => ({ args: [starter, folder, String(port), upstream], ready: /listens/ }),
  },
];

/** Outside of the project: its `node_modules` are those that its lock file says. */
const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "akashchat-bench");

/** Installs a peer beside the project, once; it is no dependency of it. Resolves with what failed, if something did. */
function install(folder: string, spec: string): string | undefined {
  const name = spec.slice(0, spec.lastIndexOf("@"));
  if (existsSync(join(folder, "node_modules", name, "package.json"))) return undefined;
  mkdirSync(folder, { recursive: true });
  const args = ["install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", spec];
  const { status, stderr, error } = spawnSync("npm", args, { encoding: "utf8", cwd: dirname(folder) });
  return status === 0 ? undefined : (error?.message ?? stderr.trim().split("\n").at(-1) ?? "npm failed");
}

function findPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Other gateways, where they can be installed; what can't be is said by `say`. */
export function planPeers(upstream: string, say: (line: string) => void): readonly TargetPlan[] {
  return peers.flatMap((peer): readonly TargetPlan[] => {
    const folder = join(cache, peer.name);
    const failure = install(folder, peer.spec);
    if (failure !== undefined) {
      say(`${peer.name} is left out: ${peer.spec} can't be installed (${failure})`);
      return [];
    }
    const plan = {
      name: peer.name,
      kind: "peer",
      model: peer.model,
      headers: { "content-type": "application/json", ...peer.headers(upstream) },
    } as const;
    const start = async (options?: { readonly probe?: boolean }): Promise<Target> => {
      const port = await findPort();
      const url = `http://127.0.0.1:${port}`;
      const { args, ready } = peer.run(folder, port, upstream);
      return { ...plan, ...(await startProcess({ args, ready, url, cwd: createFolder(), ...options })) };
    };
    return [{ ...plan, start }];
  });
}
