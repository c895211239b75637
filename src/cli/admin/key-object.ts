import { z } from "zod";

const count = z.number().nullable();
const time = z.string().nullable();

/** A key, as the admin API shows it. What else it says of one is kept, for `--json`. */
export const keyObject = z.looseObject({
  id: z.string(),
  name: z.string(),
  hint: z.string(),
  created_at: z.string(),
  expires_at: time,
  revoked_at: time,
  parent: z.string().nullable(),
  models: z.array(z.string()).nullable(),
  dialects: z.array(z.string()).nullable(),
  requests_per_minute: count,
  tokens_per_minute: count,
  tokens_per_day: count,
  concurrency: count,
  budget: z
    .object({
      id: z.string(),
      tokens: z.number().optional(),
      usd: z.number().optional(),
      period: z.string(),
    })
    .nullable(),
  trace: z.boolean(),
});

/** One of them. */
export type KeyObject = z.output<typeof keyObject>;

/** How a limit stands that binds a key: one of its own, or of one that it descends from. */
export const limitObject = z.object({
  limit: z.string(),
  id: z.string(),
  unit: z.string(),
  period: z.string().nullable(),
  cap: z.number(),
  used: z.number(),
  reserved: z.number(),
  remaining: z.number(),
  resets_at: time,
});

/** One of them. */
export type LimitObject = z.output<typeof limitObject>;

/** `GET /admin/v1/keys/{id}` */
export const shownKey = keyObject.extend({ limits: z.array(limitObject) });

/** A key with its limits. */
export type ShownKey = z.output<typeof shownKey>;

/** A key, with its limits where it is known how they stand. */
export type MaybeShownKey = KeyObject & Partial<Pick<ShownKey, "limits">>;

/** `GET /admin/v1/keys` */
export const keyList = z.looseObject({ data: z.array(keyObject) });

/** `POST /admin/v1/keys`: the only time that the secret, `key`, is shown. */
export const createdKey = keyObject.extend({ key: z.string() });
