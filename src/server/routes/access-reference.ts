import { z } from "zod";

import { anthropicErrorForm } from "../../dialects/anthropic-messages/error-form.ts";
import { openAiErrorForm } from "../../dialects/openai-error-form.ts";
import { openFailures, type Reference } from "../../openapi/reference.ts";
import { requestId } from "../../openapi/request-headers.ts";
import { keySchema } from "../admin/keys-reference.ts";

const accessSchema = z.object({
  object: z.literal("access"),
  caller: z
    .enum(["anybody", "operator", "key"])
    .nullable()
    .describe("`anybody`: no key is wanted; `null`: nobody, and `reason` says why."),
  open: z.boolean().describe("No key is wanted."),
  admin: z.boolean().describe("What came along opens the admin API."),
  admin_api: z.boolean().describe("There is an `ADMIN_TOKEN`."),
  ledger: z.boolean().describe("Requests are noted."),
  key: keySchema.nullable(),
  reason: z.string().nullable(),
});

/** `GET /v1/access` in `/openapi.json`. */
export const reference: Reference = {
  title: "Access",
  description: "Who the gateway takes a caller for.",
  errorForms: [openAiErrorForm, anthropicErrorForm],
  schemas: { Access: accessSchema },
  operations: [
    {
      route: "GET /v1/access",
      id: "getAccess",
      summary: "Who the gateway takes you for",
      description: "It answers everybody, also who brings no key or a wrong one.",
      lock: "none",
      parameters: [requestId],
      examples: [{ summary: "Who asks", status: 200 }],
      answers: [
        {
          status: 200,
          description: "Who that is, and what is open to them.",
          contents: {
            "application/json": {
              schemas: [accessSchema],
              example: {
                object: "access",
                caller: "operator",
                open: false,
                admin: true,
                admin_api: true,
                ledger: true,
                key: null,
                reason: null,
              },
            },
          },
        },
      ],
      failures: openFailures,
    },
  ],
};
