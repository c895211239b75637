import { z } from "zod";

import { anthropicErrorForm } from "../../dialects/anthropic-messages/error-form.ts";
import { openAiErrorForm } from "../../dialects/openai-error-form.ts";
import { openFailures, type Operation, type Reference } from "../../openapi/reference.ts";
import { requestId } from "../../openapi/request-headers.ts";

const failures = { name: "Page", kinds: [...openFailures.kinds, "not-found"] } as const;

/** The two operations of a page that the build makes. */
function pageOperations(place: string, suffix: string, summary: string): readonly Operation[] {
  return [
    {
      route: `GET /${place}`,
      id: `get${suffix}`,
      summary,
      description: `Seen from \`/${place}/\`, which it leads to.`,
      lock: "none",
      parameters: [requestId],
      examples: [{ summary: "Without the slash", status: 308 }],
      answers: [
        {
          status: 200,
          description: "The page, at the path with the slash.",
          headers: ["vary", "etag"],
          contents: { "text/html": {} },
        },
        { status: 308, description: "Where the page is.", headers: ["location"] },
        { status: 304, description: "It is what `If-None-Match` says.", headers: ["vary", "etag"] },
      ],
      failures,
    },
    {
      route: `GET /${place}/assets/{name}`,
      id: `get${suffix}File`,
      summary: "A file of that page",
      lock: "none",
      parameters: [
        {
          name: "name",
          in: "path",
          description: "As the page has it; a file of another content has another name.",
          schema: z.string(),
          example: "index-B3xQ9aZk.js",
        },
        requestId,
      ],
      examples: [{ summary: "One that is not there", parameters: { name: "nothing.js" }, status: 404 }],
      answers: [
        {
          status: 200,
          description: "The file, which may be kept for good.",
          headers: ["vary", "etag"],
          contents: { "text/javascript": {}, "text/css": {} },
        },
        { status: 304, description: "It is what `If-None-Match` says.", headers: ["vary", "etag"] },
      ],
      failures,
    },
  ];
}

/** The pages for people, and this document. */
export const reference: Reference = {
  title: "Pages",
  description: "For people, in a browser; and this document.",
  errorForms: [openAiErrorForm, anthropicErrorForm],
  schemas: {},
  operations: [
    {
      route: "GET /openapi.json",
      id: "getOpenApi",
      summary: "This document",
      lock: "none",
      parameters: [requestId],
      examples: [{ summary: "All of it", status: 200 }],
      answers: [
        {
          status: 200,
          description: "OpenAPI 3.1.",
          contents: {
            "application/json": { schemas: [z.looseObject({ openapi: z.literal("3.1.0") })] },
          },
        },
      ],
      failures: openFailures,
    },
    ...pageOperations("docs", "Docs", "The reference of all routes"),
    ...pageOperations("console", "Console", "The console"),
  ],
};
