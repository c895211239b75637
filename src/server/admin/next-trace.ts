import type { FastifyInstance } from "fastify";
import { z } from "zod";

import type { KeyService } from "../../access/key-service.ts";
import { parseBody } from "../../dialects/parse-body.ts";
import { toGatewayError, GatewayError } from "../../errors.ts";
import type { TraceWish, TraceWishes } from "../../traces/trace-wishes.ts";

/** The body of `POST …/traces/next`. */
export const wishSchema = z.strictObject({
  key: z.string().min(1, "must not be empty").max(500, "is too long").default("any"),
});

const toTime = (at: number) => new Date(at).toISOString();

/** A wish as the admin API shows it; all of it is `null` where there is none. */
function encodeWish(wish: TraceWish | undefined) {
  const state = wish === undefined ? "none" : wish.taken === undefined ? "waiting" : "taken";
  return {
    object: "next_trace",
    state,
    key: wish?.key ?? null,
    created_at: wish === undefined ? null : toTime(wish.madeAt),
    expires_at: wish === undefined ? null : toTime(wish.expiresAt),
    trace: wish?.taken?.traceId ?? null,
    request_id: wish?.taken?.requestId ?? null,
  };
}

/** `<base>`: that the next request is traced, for who can't have its client send `x-trace`. */
export function nextTraceRoutes(
  app: FastifyInstance,
  base: string,
  { wishes, keys }: { readonly wishes: TraceWishes; readonly keys: Pick<KeyService, "get"> },
): void {
  /** Throws kind `invalid-request`: nobody would ever take the wish. */
  async function checkKey(key: string): Promise<void> {
    if (key === "any" || key === "none") return;
    try {
      await keys.get(key);
    } catch (thrown) {
      const error = toGatewayError(thrown);
      if (error.kind !== "not-found") throw error;
      const message = "'key' is not valid: it must be the id of a key (key_…), 'none' or 'any'.";
      throw new GatewayError("invalid-request", message, { param: "key", shouldRetry: false });
    }
  }

  app.route({ method: "GET", url: base, handler: async () => encodeWish(wishes.look()) });
  app.post(base, async (request, reply) => {
    const { key } = parseBody(wishSchema, request.body ?? {});
    await checkKey(key);
    return reply.code(201).send(encodeWish(wishes.make(key)));
  });
  app.delete(base, async () => {
    wishes.withdraw();
    return encodeWish(wishes.look());
  });
}
