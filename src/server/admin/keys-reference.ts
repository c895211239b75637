import { z } from "zod";

import { budgetPeriods } from "../../access/access-key.ts";
import { anthropicErrorForm } from "../../dialects/anthropic-messages/error-form.ts";
import { openAiErrorForm } from "../../dialects/openai-error-form.ts";
import { dialectNames } from "../../model/dialect-name.ts";
import {
  type Lock,
  lookupFailures,
  type Operation,
  type Parameter,
  type Reference,
} from "../../openapi/reference.ts";
import { requestId } from "../../openapi/request-headers.ts";
import { changeKeySchema, createKeySchema } from "./key-schema.ts";

const time = z.iso.datetime();
const count = z.number();

const limitState = z.object({
  limit: z
    .enum(["requests_per_minute", "tokens_per_minute", "tokens_per_day", "concurrency", "budget"])
    .describe("The field of the key that it comes from."),
  id: z.string(),
  unit: z.enum(["requests", "tokens", "usd"]).describe("Of all figures here."),
  period: z
    .enum(["minute", ...budgetPeriods])
    .nullable()
    .describe("`minute` and `day` of a rate slide; a budget's are the calendar's; `null`: at once."),
  cap: count,
  used: count,
  reserved: count.describe("What running requests hold."),
  remaining: count,
  resets_at: time.nullable(),
});

const key = {
  object: z.literal("key"),
  id: z.string(),
  name: z.string(),
  hint: z.string().describe("The end of the secret."),
  created_at: time,
  expires_at: time.nullable(),
  revoked_at: time.nullable(),
  parent: z.string().nullable(),
  models: z.array(z.string()).nullable().describe("`null`: all."),
  dialects: z.array(z.enum(dialectNames)).nullable().describe("`null`: all."),
  requests_per_minute: z.int().nullable(),
  tokens_per_minute: z.int().nullable(),
  tokens_per_day: z.int().nullable(),
  concurrency: z.int().nullable(),
  budget: z
    .object({
      id: z.string(),
      tokens: z.number().optional(),
      usd: z.number().optional(),
      period: z.enum(budgetPeriods),
    })
    .nullable(),
  trace: z.boolean(),
};

/** A key, as lists and the ends of keys show it. */
export const keySchema = z.object(key);

/** A key, and how all limits stand that bind it. */
export const describedKeySchema = z.object({ ...key, limits: z.array(limitState) });

const madeKeySchema = z.object({
  ...key,
  key: z.string().describe("The secret, which is never shown again."),
});

const keyListSchema = z.object({
  object: z.literal("list"),
  data: z
    .array(z.object({ ...key, limits: z.array(limitState).optional().describe("With `?limits=true`.") }))
    .describe("The newest first, those that have ended too."),
});

const shown = {
  object: "key",
  id: "key_V1StGXR8ZvT5cBbDq3m7XwLp",
  name: "ci",
  hint: "akc-…x9Qa",
  created_at: "2026-11-26T12:00:00.000Z",
  expires_at: null,
  revoked_at: null,
  parent: null,
  models: ["DeepSeek*"],
  dialects: null,
  requests_per_minute: 60,
  tokens_per_minute: null,
  tokens_per_day: null,
  concurrency: null,
  budget: { id: "bud_K2mZ8yQ1r4WcNfUa0dLs6TgE", tokens: 500000, period: "day" },
  trace: false,
};

const limit = {
  limit: "budget",
  id: "bud_K2mZ8yQ1r4WcNfUa0dLs6TgE.tokens",
  unit: "tokens",
  period: "day",
  cap: 500000,
  used: 12400,
  reserved: 1550,
  remaining: 486050,
  resets_at: "2026-11-27T00:00:00.000Z",
};

const id: Parameter = {
  name: "id",
  in: "path",
  description: "Of the key.",
  schema: z.string(),
  example: "key_V1StGXR8ZvT5cBbDq3m7XwLp",
};

/** The five operations of keys: the operator's and a key's own are the same. */
function keyOperations(base: string, suffix: string, lock: Lock): readonly Operation[] {
  const notThere = { summary: "One that is not there", parameters: { id: "key_0" }, status: 404 } as const;
  return [
    {
      route: `POST ${base}`,
      id: `create${suffix}`,
      summary: "Make a key",
      lock,
      parameters: [requestId],
      body: { schema: createKeySchema },
      examples: [
        {
          summary: "With models, a rate and a budget",
          body: {
            name: "ci",
            models: ["DeepSeek*"],
            requests_per_minute: 60,
            budget: { tokens: 50000, period: "day" },
          },
          status: 201,
        },
        { summary: "A field that there is not", body: { name: "ci", colour: "red" }, status: 400 },
      ],
      answers: [
        {
          status: 201,
          description: "The key, and its secret: the only time that it is shown.",
          contents: {
            "application/json": {
              schemas: [madeKeySchema],
              example: { ...shown, key: "akc-h3Zk9QmW2vT7yLpX5cRbN8dFgJ1sUe4oAiBq6VtYx9Qa" },
            },
          },
        },
      ],
      failures: lookupFailures,
    },
    {
      route: `GET ${base}`,
      id: `list${suffix}s`,
      summary: "All keys",
      lock,
      parameters: [
        requestId,
        {
          name: "limits",
          in: "query",
          description: "`true`: each with its `limits`.",
          schema: z.enum(["true", "false"]),
        },
      ],
      examples: [
        { summary: "All", status: 200 },
        { summary: "All, with how their limits stand", parameters: { limits: "true" }, status: 200 },
      ],
      answers: [
        {
          status: 200,
          description: "The keys.",
          contents: {
            "application/json": { schemas: [keyListSchema], example: { object: "list", data: [shown] } },
          },
        },
      ],
      failures: lookupFailures,
    },
    {
      route: `GET ${base}/{id}`,
      id: `get${suffix}`,
      summary: "A key, and how its limits stand",
      lock,
      parameters: [id, requestId],
      examples: [{ summary: "One that was made", status: 200 }, notThere],
      answers: [
        {
          status: 200,
          description: "The key.",
          contents: {
            "application/json": { schemas: [describedKeySchema], example: { ...shown, limits: [limit] } },
          },
        },
      ],
      failures: lookupFailures,
    },
    {
      route: `PATCH ${base}/{id}`,
      id: `change${suffix}`,
      summary: "Change a key",
      description: "What is not said stays; `null` takes a limit away.",
      lock,
      parameters: [id, requestId],
      body: { schema: changeKeySchema },
      examples: [
        {
          summary: "Another rate, and all models",
          body: { requests_per_minute: 30, models: null },
          status: 200,
        },
        { summary: "A rate that is none", body: { requests_per_minute: 0 }, status: 400 },
      ],
      answers: [
        {
          status: 200,
          description: "The key, as it is now.",
          contents: { "application/json": { schemas: [keySchema], example: shown } },
        },
      ],
      failures: lookupFailures,
    },
    {
      route: `DELETE ${base}/{id}`,
      id: `revoke${suffix}`,
      summary: "Revoke a key",
      description: "It and its children end at once. It stays in the list.",
      lock,
      parameters: [id, requestId],
      examples: [{ summary: "One that was made", status: 200 }, notThere],
      answers: [
        {
          status: 200,
          description: "The key, which has ended.",
          contents: {
            "application/json": {
              schemas: [keySchema],
              example: { ...shown, revoked_at: "2026-11-26T13:00:00.000Z" },
            },
          },
        },
      ],
      failures: lookupFailures,
    },
  ];
}

/** `/admin/v1/keys` in `/openapi.json`. */
export const reference: Reference = {
  title: "Keys",
  description: "The operator's keys: who may ask, for what, and how much.",
  errorForms: [openAiErrorForm],
  schemas: {
    KeyCreateRequest: createKeySchema,
    KeyChangeRequest: changeKeySchema,
    Key: keySchema,
    DescribedKey: describedKeySchema,
    MadeKey: madeKeySchema,
    KeyList: keyListSchema,
    LimitState: limitState,
  },
  operations: keyOperations("/admin/v1/keys", "Key", "admin"),
};

/** `/v1/keys` in `/openapi.json`. */
export const ownReference: Reference = {
  title: "Keys of a key",
  description: "What a key makes of itself, for those who work for its holder: its descendants alone.",
  errorForms: [openAiErrorForm, anthropicErrorForm],
  schemas: {},
  operations: keyOperations("/v1/keys", "OwnKey", "key"),
};
