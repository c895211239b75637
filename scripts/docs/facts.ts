import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

import { clientNames, programNames } from "../../src/cli/connect/client-names.ts";
import { readConfig, settings } from "../../src/config.ts";
import { createGateway } from "../../src/gateway.ts";

/** A route of the gateway: `/v1/responses/:id`. */
export interface Route {
  readonly path: string;
  readonly methods: readonly string[];
}

/** What the project has, for a comparison with what its documentation says. */
export interface Facts {
  /** Names of npm scripts. */
  readonly scripts: ReadonlySet<string>;
  /** Commands of the command line, with that in front which they belong to (`config check`), and which of them `--help` doesn't show. */
  readonly commands: ReadonlySet<string>;
  readonly hiddenCommands: ReadonlySet<string>;
  readonly options: ReadonlySet<string>;
  readonly clients: ReadonlySet<string>;
  readonly programs: ReadonlySet<string>;
  readonly settings: ReadonlySet<string>;
  /** Every word in capitals with an underscore that the code has. */
  readonly variables: ReadonlySet<string>;
  readonly routes: readonly Route[];
  /** The program's source in lower case. */
  readonly source: string;
  /** Whether a path from the root is a file or folder of the project. */
  readonly exists: (path: string) => boolean;
}

function readAll(root: string, folders: readonly string[]): string {
  return folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => /\.(?:ts|js|sh)$/.test(name) && !name.includes("node_modules"))
        .map((name) => readFileSync(join(root, folder, name), "utf8")),
    )
    .join("\n");
}

/** Reads the tree that Fastify prints: four characters for each level, a part of the path, methods. */
function readTree(tree: string): readonly Route[] {
  const above: string[] = [];
  return tree.split("\n").flatMap((line) => {
    const match = /^((?:│ {3}| {4})*)[├└]── (\S+)(?: \(([A-Z, ]+)\))?$/.exec(line);
    if (match === null) return [];
    const [, indent = "", part = "", methods] = match;
    const depth = indent.length / 4;
    above.length = depth;
    above.push(part);
    return methods === undefined ? [] : [{ path: above.join(""), methods: methods.split(", ") }];
  });
}

async function readRoutes(): Promise<readonly Route[]> {
  const gateway = await createGateway(
    readConfig({ CONFIG_FILE: "none", LOG_LEVEL: "silent", SERVER_ADDRESS: "127.0.0.1:0" }),
  );
  await gateway.app.ready();
  const routes = readTree(gateway.app.printRoutes({ commonPrefix: false }));
  await gateway.close();
  // Preflight requests are no route of their own, and the root is not called by programs.
  return routes.filter(({ path }) => path !== "/" && path !== "*");
}

const all = (text: string, pattern: RegExp) =>
  new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ""));

/** A command of another one hangs on a variable of that one's name, the others on `program`. */
function readCommands(source: string): ReadonlySet<string> {
  return new Set(
    [...source.matchAll(/\b(\w+)\s*\.command\("([\w-]+)/g)].map(([, owner = "", name = ""]) =>
      owner === "program" ? name : `${owner} ${name}`,
    ),
  );
}

/** Reads what the project in `root` has; the routes from a gateway that is made and not started. */
export async function readFacts(root: string): Promise<Facts> {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
  const commandLine = readAll(root, ["src/cli"]);
  const source = readAll(root, ["src"]);
  return {
    scripts: new Set(Object.keys(scripts)),
    commands: readCommands(commandLine),
    hiddenCommands: all(commandLine, /\.command\("([\w-]+)[^"]*", \{ hidden: true/g),
    options: all(commandLine, /"(?:-\w, )?(--[a-z][\w-]*)/g),
    clients: new Set(clientNames),
    programs: new Set(programNames),
    settings: new Set(Object.keys(settings)),
    variables: all(
      `${source}\n${readAll(root, ["scripts", "bench", "test/agents", "test/browser", "test/support"])}`,
      /\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/g,
    ),
    routes: await readRoutes(),
    source: source.toLowerCase(),
    exists: (path) => existsSync(join(root, path)),
  };
}
