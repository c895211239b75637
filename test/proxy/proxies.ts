import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

import { sdlSchema } from "../deploy/sdl.ts";

/** Where a proxy is to run. */
interface Place {
  /** A folder of its own. */
  readonly home: string;
  readonly port: number;
  /** `host:port` of each. Caddy is told by variables. */
  readonly gateways: readonly string[];
}

/** What starts a proxy, and stays there. */
export type ProxyCommand = (place: Place) => Promise<readonly string[]>;

const root = new URL("../../", import.meta.url);

/** Caddy (CADDY, else the one on the path) as compose.yaml of `deploy/team` starts it. */
export const composedCaddy: ProxyCommand = async () => [
  process.env["CADDY"] ?? "caddy",
  "run",
  "--config",
  fileURLToPath(new URL("deploy/team/Caddyfile", root)),
  "--adapter",
  "caddyfile",
];

/** Caddy as the manifest of `deploy/team` starts it, but that it waits a second for a gateway's answer. */
export const impatientCaddy: ProxyCommand = async () => {
  const { services } = sdlSchema.parse(
    parse(await readFile(new URL("deploy/team/akash.sdl.yml", root), "utf8")),
  );
  const { command = [], args = [] } = services["proxy"] ?? {};
  return [
    ...command,
    ...args.map((text) => text.replace("response_header_timeout 15m", "response_header_timeout 1s")),
  ];
};

/** nginx (NGINX, else the one on the path) with what docs/deploy.md says, without TLS. */
export const documentedNginx: ProxyCommand = async ({ home, port, gateways }) => {
  const page = await readFile(new URL("docs/deploy.md", root), "utf8");
  const [, server = ""] = /^```nginx\n(server .*?)^```$/ms.exec(page) ?? [];
  const config = server
    .replace("listen 443 ssl;", `listen 127.0.0.1:${port};`)
    .replace("http://127.0.0.1:16571", `http://${gateways[0]}`);
  const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${home}/${name};`,
  );
  const file = join(home, "nginx.conf");
  await writeFile(
    file,
    `daemon off; pid ${home}/pid; error_log ${home}/error.log;\nevents {}\nhttp {\naccess_log off; ${folders.join(" ")}\n${config}}\n`,
  );
  return [process.env["NGINX"] ?? "nginx", "-e", `${home}/error.log`, "-c", file];
};
