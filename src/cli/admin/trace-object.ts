import { z } from "zod";

const text = z.object({ text: z.string(), cut: z.number().optional() });
const ms = z.number().nullable();

/** What the command line shows of a trace. Source: docs/traces.md. */
export const traceObject = z.object({
  object: z.literal("trace"),
  id: z.string(),
  request_id: z.string(),
  created_at: z.string(),
  verdict: z.object({ code: z.string(), text: z.string() }),
  ms: z.number(),
  key: z.string().nullable(),
  dialect: z.string().nullable(),
  requested_model: z.string().nullable(),
  model: z.string().nullable(),
  request: z.object({ method: z.string(), route: z.string(), tools: z.array(z.string()) }),
  attempts: z.array(
    z.object({ upstream: z.string(), model: z.string(), outcome: z.string(), ms: z.number() }),
  ),
  exchanges: z.array(
    z.object({
      at_ms: z.number(),
      to: z.string(),
      method: z.string(),
      path: z.string(),
      body: text.nullable(),
    }),
  ),
  turns: z.array(
    z.object({
      began_ms: z.number(),
      first_ms: ms,
      ended_ms: ms,
      raw: z.array(z.object({ kind: z.string(), text: z.string(), name: z.string().optional() })),
      parts: z.array(
        z.object({
          segment: z.number(),
          from: z.number(),
          to: z.number(),
          as: z.string(),
          mended: z.boolean().optional(),
          block: z.number().optional(),
        }),
      ),
      outcome: z.string(),
      reason: z.string().optional(),
      told: z.string().optional(),
    }),
  ),
  answer: z.object({
    status: z.number().nullable(),
    client_left: z.boolean(),
    error: z.string().nullable(),
    message: z.string().nullable(),
    finish: z.string().nullable(),
    body: text.nullable(),
  }),
});

/** A trace as the command line reads it. */
export type TraceObject = z.output<typeof traceObject>;
