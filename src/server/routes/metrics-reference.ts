import { openAiErrorForm } from "../../dialects/openai-error-form.ts";
import type { Reference } from "../../openapi/reference.ts";

/** `GET /metrics` in `/openapi.json`. */
export const reference: Reference = {
  title: "Metrics",
  description: "For Prometheus.",
  errorForms: [openAiErrorForm],
  schemas: {},
  operations: [
    {
      route: "GET /metrics",
      id: "getMetrics",
      summary: "Metrics",
      description: "Where `METRICS_TOKEN` is set and `METRICS_ADDRESS` is not; else 404.",
      lock: "metrics",
      examples: [{ summary: "All", status: 200, mediaType: "text/plain" }],
      answers: [
        {
          status: 200,
          description: "The metrics, in Prometheus' text format.",
          contents: { "text/plain": {} },
        },
        {
          status: 401,
          description: "The token is missing or wrong.",
          headers: ["www-authenticate"],
          contents: { "text/plain": {} },
        },
      ],
      failures: { name: "Metrics", kinds: ["not-found", "internal", "overloaded"] },
    },
  ],
};
