import { anthropicErrorForm } from "../../dialects/anthropic-messages/error-form.ts";
import { usageObject } from "../../dialects/encode-gateway-usage.ts";
import { openAiErrorForm } from "../../dialects/openai-error-form.ts";
import { lookupFailures, type Reference } from "../../openapi/reference.ts";
import { requestId } from "../../openapi/request-headers.ts";
import { describedKeySchema } from "../admin/keys-reference.ts";

const answer = usageObject.extend({
  key: describedKeySchema.optional().describe("How the limits of the key that asks stand."),
});

/** `GET /v1/usage` in `/openapi.json`. */
export const reference: Reference = {
  title: "Usage",
  description: "What the upstreams allow and what is left of it, and what the gateway did.",
  errorForms: [openAiErrorForm, anthropicErrorForm],
  schemas: { Usage: answer },
  operations: [
    {
      route: "GET /v1/usage",
      id: "getUsage",
      summary: "What is left of the budgets",
      description: "A key is told how its own limits stand, in the place of what others did.",
      lock: "key",
      parameters: [requestId],
      examples: [{ summary: "Now", status: 200 }],
      answers: [
        {
          status: 200,
          description:
            "The upstreams in the order in which they are asked, and sums since the start of the gateway.",
          headers: ["x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"],
          contents: {
            "application/json": {
              schemas: [answer],
              example: {
                object: "usage",
                upstreams: [
                  {
                    name: "akash-chat",
                    state: "available",
                    used_percent: 42.5,
                    used_tokens: 10625,
                    remaining_tokens: 14375,
                    limit_tokens: 25000,
                    window_seconds: 14400,
                    estimated: true,
                    checked_at: "2026-11-26T12:00:00.000Z",
                    resets_at: "2026-11-26T14:03:20.000Z",
                    resets_in_seconds: 7390,
                  },
                ],
                totals: {
                  since: "2026-11-26T11:20:00.000Z",
                  requests: 12,
                  failures: { "rate-limited": 1 },
                  input_tokens: 9800,
                  output_tokens: 825,
                  models: [{ model: "DeepSeek-V3.2", answers: 11, input_tokens: 9800, output_tokens: 825 }],
                },
              },
            },
          },
        },
      ],
      failures: lookupFailures,
    },
  ],
};
