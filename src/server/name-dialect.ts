import type { FastifyInstance } from "fastify";

/** Says of all routes that a plugin (`app` is its own instance) adds from here on which dialect they are in; for the log. */
export function nameDialect(app: FastifyInstance, dialect: string): void {
  app.addHook("onRoute", (route) => {
    route.config = { ...route.config, dialect };
  });
}
