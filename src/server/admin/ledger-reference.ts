import { z } from "zod";

import { anthropicErrorForm } from "../../dialects/anthropic-messages/error-form.ts";
import { openAiErrorForm } from "../../dialects/openai-error-form.ts";
import { queryParameters } from "../../openapi/query-parameters.ts";
import { lookupFailures, type Operation, type Parameter, type Reference } from "../../openapi/reference.ts";
import { requestId } from "../../openapi/request-headers.ts";
import { pageSchema, sumSchema } from "./ledger-query.ts";

const count = z.int();

const attempt = z.object({
  upstream: z.string(),
  model: z.string().describe("The upstream's own id of the model."),
  outcome: z.string().describe("`answered`, or the kind of its failure."),
  ms: count,
});

/** A request, as `encodeRequest` shows it. */
const requestSchema = z.object({
  object: z.literal("request"),
  id: z.string(),
  created_at: z.iso.datetime(),
  outcome: z.enum(["answered", "failed", "refused", "left"]),
  key: z.string().nullable(),
  dialect: z.string().nullable(),
  route: z.string(),
  requested_model: z.string().nullable(),
  model: z.string().nullable(),
  upstream: z.string().nullable(),
  attempts: z.array(attempt),
  status: count.nullable(),
  finish_reason: z.string().nullable(),
  error: z.string().nullable().describe("The kind of error."),
  stream: z.boolean().nullable(),
  input_tokens: count.nullable(),
  output_tokens: count.nullable(),
  reasoning_tokens: count.nullable(),
  estimated: z.boolean().nullable(),
  cost_usd: z.number().nullable(),
  pictures: count,
  repairs: count,
  retries: count,
  first_token_ms: count.nullable(),
  ms: count,
  client: z.string().nullable(),
  session: z.string().nullable(),
  agent: z.string().nullable(),
  traced: z.boolean(),
});

const pageObject = z.object({
  object: z.literal("list"),
  data: z.array(requestSchema),
  has_more: z.boolean(),
  next: z.string().nullable().describe("What `after` of the next page is."),
});

const group = z.string().nullable().optional();
const sumObject = z.object({
  object: z.literal("list"),
  by: z.array(z.string()),
  from: z.iso.datetime(),
  to: z.iso.datetime().nullable(),
  data: z.array(
    z.object({
      key: group,
      key_name: group,
      model: group,
      day: group,
      hour: group,
      upstream: group,
      dialect: group,
      error: group,
      client: group,
      requests: count,
      answered: count,
      failed: count,
      refused: count,
      left: count,
      input_tokens: count,
      output_tokens: count,
      reasoning_tokens: count,
      cost_usd: z.number(),
      mean_first_token_ms: count.nullable(),
      mean_ms: count.nullable(),
    }),
  ),
});

const moment = "a day (`2026-11-27`), a time, or how long ago (`7d`, `12h`)";
const filters = {
  from: `The beginning: ${moment}.`,
  to: `The end, likewise; a day is in it.`,
  key: "The id of a key; `none`: those without one.",
  model: "Who answered.",
  upstream: "Where.",
  dialect: "The API.",
  format: "Default: as `Accept` says, else JSON.",
};

const row = {
  object: "request",
  id: "req_8fT2xQbN4kLrVwZ1mYcP",
  created_at: "2026-11-26T12:00:00.000Z",
  outcome: "answered",
  key: null,
  dialect: "openai-chat",
  route: "POST /v1/chat/completions",
  requested_model: "auto",
  model: "DeepSeek-V3.2",
  upstream: "web",
  attempts: [{ upstream: "web", model: "DeepSeek-V3.2", outcome: "answered", ms: 810 }],
  status: 200,
  finish_reason: "stop",
  error: null,
  stream: false,
  input_tokens: 10,
  output_tokens: 15,
  reasoning_tokens: 0,
  estimated: false,
  cost_usd: null,
  pictures: 0,
  repairs: 0,
  retries: 0,
  first_token_ms: 810,
  ms: 1200,
  client: "curl/8.5.0",
  session: null,
  agent: null,
  traced: false,
};

const id: Parameter = {
  name: "id",
  in: "path",
  description: "Of the request, as its `x-request-id` has it.",
  schema: z.string(),
  example: row.id,
};

function requestOperations(base: string, suffix: string, lock: "key" | "admin"): readonly Operation[] {
  return [
    {
      route: `GET ${base}/requests`,
      id: `list${suffix}s`,
      summary: "What came of requests",
      description: "The newest first. Nothing of what was asked and answered is kept.",
      lock,
      parameters: [
        requestId,
        ...queryParameters(pageSchema(0), {
          ...filters,
          outcome: "How it ended.",
          error: "The kind of error with which it ended.",
          session: "Which conversation, by the id that its client gave it.",
          id: "Of the request.",
          limit: "Rows of a page, 1 to 1000; 100 where nothing is said.",
          after: "The `next` of the page before.",
        }),
      ],
      examples: [
        { summary: "The newest", parameters: { limit: 10 }, status: 200 },
        {
          summary: "Of today, as a table",
          parameters: { from: "0d", format: "csv" },
          status: 200,
          mediaType: "text/csv",
        },
        { summary: "A limit that is too high", parameters: { limit: 5000 }, status: 400 },
      ],
      answers: [
        {
          status: 200,
          description: "A page of them.",
          headers: ["vary", "x-next", "content-disposition"],
          contents: {
            "application/json": {
              schemas: [pageObject],
              example: { object: "list", data: [row], has_more: false, next: null },
            },
            "text/csv": {},
          },
        },
      ],
      failures: lookupFailures,
    },
    {
      route: `GET ${base}/requests/{id}`,
      id: `get${suffix}`,
      summary: "What came of a request",
      lock,
      parameters: [id, requestId],
      examples: [
        { summary: "One that is over", status: 200 },
        { summary: "One that is not there", parameters: { id: "req_0" }, status: 404 },
      ],
      answers: [
        {
          status: 200,
          description: "The request.",
          contents: { "application/json": { schemas: [requestSchema], example: row } },
        },
      ],
      failures: lookupFailures,
    },
  ];
}

/** `/admin/v1/requests` and `/admin/v1/usage` in `/openapi.json`. */
export const reference: Reference = {
  title: "Ledger",
  description: "What came of requests, each and summed up. 404 where `LEDGER_DAYS` is 0.",
  errorForms: [openAiErrorForm],
  schemas: { LedgerRequest: requestSchema, LedgerPage: pageObject, LedgerSums: sumObject },
  operations: [
    ...requestOperations("/admin/v1", "Request", "admin"),
    {
      route: "GET /admin/v1/usage",
      id: "sumRequests",
      summary: "Sums over requests",
      lock: "admin",
      parameters: [
        requestId,
        ...queryParameters(sumSchema(0), {
          by: "One or two of `key`, `model`, `day`, `hour`, `upstream`, `dialect`, `error`, `client`, with a comma between.",
          ...filters,
          from: `The beginning: ${moment}; \`30d\` where nothing is said.`,
        }),
      ],
      examples: [
        { summary: "By key and model", parameters: { by: "key,model" }, status: 200 },
        {
          summary: "By day, as a table",
          parameters: { by: "day", format: "csv" },
          status: 200,
          mediaType: "text/csv",
        },
        { summary: "By what there is not", parameters: { by: "colour" }, status: 400 },
      ],
      answers: [
        {
          status: 200,
          description: "The sums.",
          headers: ["vary", "content-disposition"],
          contents: { "application/json": { schemas: [sumObject] }, "text/csv": {} },
        },
      ],
      failures: lookupFailures,
    },
  ],
};

/** `/v1/requests` in `/openapi.json`. */
export const ownReference: Reference = {
  title: "Requests",
  description:
    "What came of requests: a key's own; of the operator, and of anybody where no key is wanted, all.",
  errorForms: [openAiErrorForm, anthropicErrorForm],
  schemas: {},
  operations: requestOperations("/v1", "OwnRequest", "key"),
};
