import { z } from "zod";

import { openAiErrorForm } from "../../dialects/openai-error-form.ts";
import { queryParameters } from "../../openapi/query-parameters.ts";
import { lookupFailures, type Parameter, type Reference } from "../../openapi/reference.ts";
import { requestId } from "../../openapi/request-headers.ts";
import { wishSchema } from "./next-trace.ts";
import { listQuery } from "./traces.ts";

const ms = z.number();
const text = z
  .object({
    text: z.string(),
    cut: z.int().optional().describe("So many characters are missing at its end."),
  })
  .nullable();

const verdict = z.object({
  code: z.string().describe("For programs: `answered`, `tool-called`, `tool-not-called`, …"),
  text: z.string().describe("One sentence for people."),
});

const rawSegment = z.object({
  kind: z.enum(["text", "reasoning", "tool_call"]),
  text: z.string(),
  name: z.string().optional(),
  call_id: z.string().optional(),
  arrived: z
    .array(z.array(z.number()))
    .optional()
    .describe("How many characters were there after how many ms."),
});

const part = z.object({
  segment: z.int(),
  from: z.int(),
  to: z.int(),
  as: z.enum(["text", "thinking", "tool_call", "dropped"]),
  mended: z.literal(true).optional(),
  block: z.int().optional(),
});

const times = { from_ms: ms.optional(), to_ms: ms.optional() };
const block = z.union([
  z.object({ kind: z.enum(["text", "thinking"]), text: z.string(), ...times }),
  z.object({
    kind: z.literal("tool_call"),
    name: z.string(),
    call_id: z.string(),
    arguments: z.string(),
    ...times,
  }),
]);

const turn = z.object({
  began_ms: ms,
  first_ms: ms.nullable(),
  ended_ms: ms.nullable(),
  raw: z.array(rawSegment).describe("What the model said."),
  raw_cut: z.int().optional(),
  parts: z.array(part).describe("What became of which stretch of it."),
  blocks: z.array(block).describe("What was made of it."),
  outcome: z.enum(["kept", "asked_again", "failed", "open"]),
  reason: z.string().optional(),
  told: z.string().optional(),
});

const head = {
  id: z.string(),
  request_id: z.string(),
  created_at: z.iso.datetime(),
  model: z.string().nullable(),
  dialect: z.string().nullable(),
  key: z.string().nullable(),
  ms,
  verdict,
};

/** `Trace`. */
const traceSchema = z.object({
  object: z.literal("trace"),
  version: z.string(),
  ...head,
  requested_model: z.string().nullable(),
  request: z.object({
    method: z.string(),
    route: z.string(),
    headers: z.record(z.string(), z.string()),
    body: text,
    tools: z.array(z.string()),
  }),
  settlement: z
    .object({ reserved_input_tokens: z.int(), reserved_output_tokens: z.int(), settled_tokens: z.int() })
    .nullable()
    .describe(
      "What was reserved of the key's limits, and what took its place; null: no such limit binds it.",
    ),
  attempts: z.array(z.object({ upstream: z.string(), model: z.string(), outcome: z.string(), ms })),
  exchanges: z
    .array(z.object({ at_ms: ms, to: z.string(), method: z.string(), path: z.string(), body: text }))
    .describe("What was sent to upstreams."),
  turns: z.array(turn),
  answer: z.object({
    status: z.int().nullable(),
    client_left: z.boolean(),
    error: z.string().nullable(),
    message: z.string().nullable(),
    finish: z.string().nullable(),
    body: text,
  }),
});

const traceList = z.object({ object: z.literal("list"), data: z.array(z.object(head)) });

const nextTrace = z.object({
  object: z.literal("next_trace"),
  state: z.enum(["none", "waiting", "taken"]),
  key: z.string().nullable(),
  created_at: z.iso.datetime().nullable(),
  expires_at: z.iso.datetime().nullable(),
  trace: z.string().nullable().describe("The id of the trace, once a request has taken the wish."),
  request_id: z.string().nullable(),
});

const waiting = {
  object: "next_trace",
  state: "waiting",
  key: "any",
  created_at: "2026-11-26T12:00:00.000Z",
  expires_at: "2026-11-26T12:10:00.000Z",
  trace: null,
  request_id: null,
};
const none = { ...waiting, state: "none", key: null, created_at: null, expires_at: null };

const id: Parameter = {
  name: "id",
  in: "path",
  description: "Of the trace, or of its request.",
  schema: z.string(),
  example: "trace_8fT2xQbN4kLrVwZ1mYcP",
};

/** `/admin/v1/traces` in `/openapi.json`. */
export const reference: Reference = {
  title: "Traces",
  description:
    "All of a request, from the client's bytes to the client's bytes, and why it went so. They hold prompts and answers.",
  errorForms: [openAiErrorForm],
  schemas: { Trace: traceSchema, TraceList: traceList, NextTrace: nextTrace, NextTraceRequest: wishSchema },
  operations: [
    {
      route: "GET /admin/v1/traces",
      id: "listTraces",
      summary: "The newest traces",
      lock: "admin",
      parameters: [
        requestId,
        ...queryParameters(listQuery, { limit: "At most so many, 1 to 1000; 100 where nothing is said." }),
      ],
      examples: [
        { summary: "All", status: 200 },
        { summary: "A limit that is none", parameters: { limit: 0 }, status: 400 },
      ],
      answers: [
        {
          status: 200,
          description: "Their heads and verdicts.",
          contents: { "application/json": { schemas: [traceList] } },
        },
      ],
      failures: lookupFailures,
    },
    {
      route: "GET /admin/v1/traces/{id}",
      id: "getTrace",
      summary: "A trace",
      lock: "admin",
      parameters: [id, requestId],
      examples: [
        { summary: "One that was made", status: 200 },
        { summary: "One that is not there", parameters: { id: "trace_0" }, status: 404 },
      ],
      answers: [
        {
          status: 200,
          description: "All of it.",
          contents: { "application/json": { schemas: [traceSchema] } },
        },
      ],
      failures: lookupFailures,
    },
    {
      route: "GET /admin/v1/traces/next",
      id: "getNextTrace",
      summary: "Whether the next request is traced",
      lock: "admin",
      parameters: [requestId],
      examples: [{ summary: "As it is now", status: 200 }],
      answers: [
        {
          status: 200,
          description: "The wish.",
          contents: { "application/json": { schemas: [nextTrace], example: none } },
        },
      ],
      failures: lookupFailures,
    },
    {
      route: "POST /admin/v1/traces/next",
      id: "wishNextTrace",
      summary: "Have the next request traced",
      description: "For ten minutes, and in place of the wish before.",
      lock: "admin",
      parameters: [requestId],
      body: {
        schema: wishSchema,
        isOptional: true,
        fields: [
          [
            "key",
            "honoured",
            "Whose: the id of a key, `none` for a request without one, or `any`, the default.",
          ],
        ],
      },
      examples: [
        { summary: "Whoever asks next", body: { key: "any" }, status: 201 },
        { summary: "A key that is not there", body: { key: "key_0" }, status: 400 },
      ],
      answers: [
        {
          status: 201,
          description: "The wish.",
          contents: { "application/json": { schemas: [nextTrace], example: waiting } },
        },
      ],
      failures: lookupFailures,
    },
    {
      route: "DELETE /admin/v1/traces/next",
      id: "withdrawNextTrace",
      summary: "Take the wish back",
      lock: "admin",
      parameters: [requestId],
      examples: [{ summary: "Whether there is one or not", status: 200 }],
      answers: [
        {
          status: 200,
          description: "That there is none.",
          contents: { "application/json": { schemas: [nextTrace], example: none } },
        },
      ],
      failures: lookupFailures,
    },
  ],
};
