import { anthropicErrorForm } from "../../dialects/anthropic-messages/error-form.ts";
import { openAiErrorForm } from "../../dialects/openai-error-form.ts";
import { queryParameters } from "../../openapi/query-parameters.ts";
import { lookupFailures, type Reference } from "../../openapi/reference.ts";
import { requestId } from "../../openapi/request-headers.ts";
import { statusQuery } from "./status-routes.ts";
import { statusSchema, upstreamSchema } from "./status-schema.ts";

const changes = statusSchema.partial();

const parameters = [
  requestId,
  ...queryParameters(statusQuery.omit({ key: true }), {
    span: "How long back the activity looks; `24h` where nothing is said.",
  }),
];

/** `/v1/status` in `/openapi.json`. */
export const reference: Reference = {
  title: "Status",
  description:
    "How the gateway is and what it did, as the console shows it. A key is told of its own requests and models.",
  errorForms: [openAiErrorForm, anthropicErrorForm],
  schemas: { Status: statusSchema, StatusChanges: changes, Upstream: upstreamSchema },
  operations: [
    {
      route: "GET /v1/status",
      id: "getStatus",
      summary: "How the gateway is",
      lock: "key",
      parameters,
      examples: [
        { summary: "With the last hour", parameters: { span: "1h" }, status: 200 },
        { summary: "A span that there is not", parameters: { span: "2h" }, status: 400 },
      ],
      answers: [
        {
          status: 200,
          description: "The status.",
          contents: { "application/json": { schemas: [statusSchema] } },
        },
      ],
      failures: lookupFailures,
    },
    {
      route: "GET /v1/status/events",
      id: "followStatus",
      summary: "How the gateway is, as it changes",
      description:
        "The first event has all fields, each later one those that have changed, a second after the last one at the earliest. An event `error` ends the stream when the caller may see it no longer. 32 programs can follow at once, of each worker; the next one is told 429.",
      lock: "key",
      parameters,
      examples: [{ summary: "The last day", status: 200, mediaType: "text/event-stream" }],
      answers: [
        {
          status: 200,
          description: "The events, without an end.",
          contents: {
            "text/event-stream": {
              events: { status: changes, error: openAiErrorForm.schema },
            },
          },
        },
      ],
      failures: lookupFailures,
    },
  ],
};
