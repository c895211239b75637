import { z } from "zod";

import { usageObject } from "../../dialects/encode-gateway-usage.ts";
import { shownPrice } from "../../dialects/shown-model-schema.ts";
import { describedKeySchema } from "../admin/keys-reference.ts";
import { spans, type SpanName } from "./spans.ts";

/** What `GET /v1/status` answers, as the reference tells of it; the types of its encoders are what is written. */

const time = z.iso.datetime();
const count = z.int();

const allowance = usageObject.shape.upstreams.element.omit({ name: true, resets_in_seconds: true });

/** What `encodeUpstream` answers. */
export const upstreamSchema = z.object({
  name: z.string(),
  type: z.string().describe("What kind of server it is."),
  up: z.boolean().describe("Nothing is known that keeps all of it from answering."),
  models_resting: count,
  problem: z
    .object({
      error: z.string(),
      message: z.string(),
      model: z.string().nullable().describe("Of that model alone; `null`: of all."),
      since: time.nullable(),
      next_try_at: time.nullable(),
      told: z.boolean().nullable().describe("The upstream said for how long."),
    })
    .nullable(),
  allowance: allowance.nullable(),
  pace_tokens: count.nullable().describe("What requests used in the last 30 minutes."),
});

const support = z.enum(["native", "emulated", "unknown", "none"]);

const model = z.object({
  id: z.string(),
  kind: z.enum(["chat", "image", "embedding", "transcription", "speech", "other"]),
  alias_of: z.string().nullable(),
  answers_now: z.boolean(),
  context_length: count.nullable(),
  max_output_length: count.nullable(),
  upstreams: z.array(
    z.object({
      name: z.string(),
      model: z.string(),
      answers_now: z.boolean(),
      tools: support,
      json_schema: support,
      thinking: support,
      images: support,
      pricing: shownPrice.nullable(),
    }),
  ),
});

const openRequest = z.object({
  id: z.string(),
  route: z.string(),
  model: z.string().nullable(),
  upstream: z.string().nullable(),
  key: z.string().nullable(),
  key_name: z.string().nullable(),
  client: z.string().nullable(),
  stream: z.boolean(),
  background: z.boolean(),
  waits_for: z.string(),
  first_token_ms: z.number().nullable(),
  ms: z.number(),
});

const percentiles = z.object({ p50: z.number(), p95: z.number() });

const figures = {
  requests: count,
  failed: count,
  refused: count,
  left: count,
  recovered: count.describe("Answered after a try had failed."),
  input_tokens: count,
  output_tokens: count,
  cost_usd: z.number(),
  first_token_ms: percentiles.nullable(),
  total_ms: percentiles.nullable(),
  last_at: time.nullable(),
};

const activity = z.object({
  // The names of `spans`.
  span: z.enum(Object.keys(spans) as SpanName[]),
  from: time,
  to: time,
  step_seconds: z.number(),
  all: z.object(figures),
  steps: z.array(z.object({ at: time, ...figures })),
  models: z.array(z.object({ model: z.string().nullable(), ...figures })),
  upstreams: z.array(z.object({ upstream: z.string().nullable(), ...figures })),
  errors: z.array(z.object({ error: z.string(), failed: count, refused: count })),
});

/** All of it. */
export const statusSchema = z.object({
  object: z.literal("status"),
  version: z.string(),
  started_at: time,
  base_url: z.string(),
  kept_in: z.enum(["memory", "files", "database"]),
  open_to_all: z.boolean(),
  upstreams: z.array(upstreamSchema),
  models: z.array(model),
  aliases: z.array(z.object({ name: z.string(), model: z.string().nullable() })),
  open: z.array(openRequest).describe("Requests for answers that are not over, the oldest first."),
  activity: activity.nullable(),
  activity_error: z.string().nullable().describe("Why there is no activity."),
  key: describedKeySchema.nullable().describe("How the limits of the key that asks stand."),
});
