import type { FastifyInstance } from "fastify";

import type { Config } from "../config.ts";
import { anyModel } from "../model/any-model.ts";

/** The body of a request, for any model if it names none (forms that nobody filled in send an empty name). */
export function withModel(body: unknown): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  const model: unknown = Reflect.get(body, "model");
  return model === undefined || model === null || model === "" ? { ...body, model: anyModel } : body;
}

/**
 * Lets requests to these routes leave their model out, if the gateway has a `DEFAULT_MODEL`. Without one they are refused as
 * ever: whose model it is that answers shall be somebody's decision.
 */
export function fillModel(app: FastifyInstance, { DEFAULT_MODEL }: Pick<Config, "DEFAULT_MODEL">): void {
  if (DEFAULT_MODEL === undefined) return;
  app.addHook("preHandler", (request, _reply, done) => {
    request.body = withModel(request.body);
    done();
  });
}
