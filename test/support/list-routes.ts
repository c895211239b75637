import type { FastifyInstance } from "fastify";

/** The routes of a gateway as its router has them: `GET /v1/models/*`. Those of `OPTIONS` are left out, and so is the `HEAD` of each `GET`, which must have one. */
export function listRoutes(app: Pick<FastifyInstance, "printRoutes">): readonly string[] {
  const found: string[] = [];
  const prefixes: string[] = [];
  for (const line of app.printRoutes({ commonPrefix: false }).split("\n")) {
    const match = /^((?:[│ ] {3})*)[├└]── (.+) \((.+)\)$/.exec(line);
    if (match === null) continue;
    const depth = (match[1] ?? "").length / 4;
    prefixes.length = depth;
    prefixes.push(match[2] ?? "");
    // The tree leaves out the slash before a wildcard.
    const url = prefixes.join("").replace(/([^/])\*$/, "$1/*");
    const methods = (match[3] ?? "").split(", ").filter((method) => method !== "OPTIONS");
    if (methods.includes("GET") && !methods.includes("HEAD")) throw new Error(`${url} has no HEAD.`);
    const own = methods.filter((method) => method !== "HEAD" || !methods.includes("GET"));
    found.push(...own.map((method) => `${method} ${url}`));
  }
  return found;
}
