import type { FastifyInstance } from "fastify";

/** Knows which methods a path has, to tell 405 from 404. */
export interface RouteIndex {
  /** The methods of the routes that match a path (without query), in upper case. */
  methodsOf(path: string): readonly string[];
}

/** `/v1/responses/:id` -> a pattern that matches its paths. */
function toPattern(url: string): RegExp {
  const source = url
    .split("/")
    .map((segment) => {
      if (segment.startsWith(":")) return "[^/]+";
      return segment.replace(/[.*+?^${}()|[\]\\]/g, (sign) => (sign === "*" ? ".+" : `\\${sign}`));
    })
    .join("/+");
  return new RegExp(`^${source}/*$`);
}

/** Watches the routes that are added to `app` from now on. */
export function createRouteIndex(app: FastifyInstance): RouteIndex {
  const routes: { pattern: RegExp; methods: readonly string[] }[] = [];
  app.addHook("onRoute", ({ url, method }) => {
    // The preflight route of the CORS plugin matches everything and so says nothing.
    if (url === "*" || url === "/*") return;
    routes.push({ pattern: toPattern(url), methods: [method].flat() });
  });
  return {
    methodsOf: (path) => [
      ...new Set(routes.flatMap(({ pattern, methods }) => (pattern.test(path) ? methods : []))),
    ],
  };
}
