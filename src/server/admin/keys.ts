import type { FastifyInstance, FastifyPluginCallback, FastifyRequest } from "fastify";

import type { KeyLineage } from "../../access/access-key.ts";
import { ownerOf } from "../../access/caller.ts";
import type { KeyService } from "../../access/key-service.ts";
import { parseBody } from "../../dialects/parse-body.ts";
import { GatewayError } from "../../errors.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { encodeEdgeError } from "../encode-edge-error.ts";
import type { ServerDependencies } from "../route-dependencies.ts";
import { changeKeySchema, createKeySchema, encodeKey, encodeLimitState } from "./key-schema.ts";

type KeyRequest = FastifyRequest<{ Params: { id: string } }>;

/**
 * The routes of keys below `base`. `within` says which key a request may look behind: the operator sees all, a key its descendants.
 */
export function keyRoutes(
  app: FastifyInstance,
  base: string,
  {
    service,
    within,
  }: { readonly service: KeyService; readonly within: (request: FastifyRequest) => string | undefined },
): void {
  app.post(base, async (request, reply) => {
    const { key, secret } = await service.create(parseBody(createKeySchema, request.body), within(request));
    return reply.code(201).send({ ...encodeKey(key), key: secret });
  });
  const list = async (request: FastifyRequest<{ Querystring: { limits?: unknown } }>) => {
    const seen = within(request);
    const keys = await service.list(seen);
    if (request.query.limits !== "true") return { object: "list", data: keys.map(encodeKey) };
    // Who has ended is bound by nothing any more.
    const data = keys.map(async (key) =>
      key.revokedAt === undefined
        ? describeKey(service, await service.get(key.id, seen))
        : { ...encodeKey(key), limits: [] },
    );
    return { object: "list", data: await Promise.all(data) };
  };
  app.route({ method: "GET", url: base, handler: list });
  app.get(`${base}/:id`, async (request: KeyRequest) => {
    return describeKey(service, await service.get(request.params.id, within(request)));
  });
  app.patch(`${base}/:id`, async (request: KeyRequest) =>
    encodeKey(
      await service.change(request.params.id, parseBody(changeKeySchema, request.body), within(request)),
    ),
  );
  app.delete(`${base}/:id`, async (request: KeyRequest) =>
    encodeKey(await service.revoke(request.params.id, within(request))),
  );
}

/** A key, and how all limits stand that bind it. */
export async function describeKey(service: Pick<KeyService, "look">, lineage: KeyLineage) {
  return { ...encodeKey(lineage.key), limits: (await service.look(lineage)).map(encodeLimitState) };
}

/** `/v1/keys`: the keys that a key makes of itself, for those who work for its holder. */
export function ownKeyRoutes({ keys }: Pick<ServerDependencies, "keys">): FastifyPluginCallback {
  return (app, _options, done) => {
    setDialectErrors(app, encodeEdgeError);
    keyRoutes(app, "/v1/keys", {
      service: keys,
      within({ facts }) {
        const id = ownerOf(facts.caller);
        if (id !== undefined) return id;
        throw new GatewayError(
          "forbidden",
          "Only a key (akc-…) can have keys of its own. The operator makes keys by POST /admin/v1/keys, with ADMIN_TOKEN.",
          { shouldRetry: false },
        );
      },
    });
    done();
  };
}
