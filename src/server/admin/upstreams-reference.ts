import { z } from "zod";

import { openAiErrorForm } from "../../dialects/openai-error-form.ts";
import { lookupFailures, type Reference } from "../../openapi/reference.ts";
import { requestId } from "../../openapi/request-headers.ts";
import { upstreamSchema } from "../status/status-schema.ts";

const triedUpstream = z.object({ object: z.literal("upstream"), ...upstreamSchema.shape });

/** `/admin/v1/upstreams` in `/openapi.json`. */
export const reference: Reference = {
  title: "Upstreams",
  description: "The servers behind the gateway.",
  errorForms: [openAiErrorForm],
  schemas: { TriedUpstream: triedUpstream },
  operations: [
    {
      route: "POST /admin/v1/upstreams/{name}/try",
      id: "tryUpstream",
      summary: "Look at an upstream now",
      description:
        "It asks for what costs nothing. If the upstream answers, and allows something, its rests and those of its models end. One that does not answer is no error of this request: `up` is `false`, and `problem` says why.",
      lock: "admin",
      parameters: [
        {
          name: "name",
          in: "path",
          description: "As the configuration has it.",
          schema: z.string(),
          example: "akash-chat",
        },
        requestId,
      ],
      examples: [
        { summary: "One that answers", status: 200 },
        { summary: "One that is not there", parameters: { name: "nobody" }, status: 404 },
      ],
      answers: [
        {
          status: 200,
          description: "How it is, after the look.",
          contents: { "application/json": { schemas: [triedUpstream] } },
        },
      ],
      failures: lookupFailures,
    },
  ],
};
