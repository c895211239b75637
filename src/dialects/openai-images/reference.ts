import { z } from "zod";

import { upstreamHeaders } from "../../openapi/answer-headers.ts";
import {
  answerFailures,
  type Example,
  type FailureSet,
  type Operation,
  type ParameterRow,
  type Reference,
} from "../../openapi/reference.ts";
import { requestId, trace } from "../../openapi/request-headers.ts";
import { openAiErrorForm } from "../openai-error-form.ts";
import { requestSchema } from "./request-schema.ts";
import { completedEvent, errorEvent, responseSchema } from "./response-schema.ts";

const fields: readonly ParameterRow[] = [
  ["prompt", "honoured", "up to 32,000 characters"],
  [
    "model",
    "honoured",
    "`AkashGen`, an image model of another upstream, an alias, or nothing for the first that is offered",
  ],
  ["n", "honoured", "1 to 10; those that fail are named in `missing` beside those that were drawn"],
  [
    "response_format",
    "honoured",
    "`url` (default) or `b64_json` (default when streaming, and for names of models that always answer so at OpenAI)",
  ],
  [["output_format", "output_compression"], "honoured", "`webp`, `png`, `jpeg`; not compression with `png`"],
  ["stream", "honoured"],
  [["image", "mask"], "refused"],
  ["background", "honoured", "`opaque` and `auto`; `transparent` is refused."],
  [
    ["size", "quality", "style"],
    "honoured",
    "by servers with OpenAI's images API, which get them as they are and may refuse them; Akash Chat has no place for them, and where it draws they are named as ignored. `auto` says nothing. `quality` and `style` may be any word of up to 100 characters.",
  ],
  [["moderation", "partial_images"], "ignored", "unless `auto` or 0"],
  [["complexity", "frame_count", "frame_duration_ms", "safety_identifier", "svg", "user"], "ignored"],
];

const refusals: FailureSet = {
  name: "Refusal",
  kinds: ["unsupported", "unauthenticated", "forbidden", "internal", "overloaded"],
};

function refuse(path: string, id: string, summary: string): Operation {
  const examples: Example[] = [{ summary: "Any", status: 400, body: {} }];
  return {
    route: `POST ${path}`,
    id,
    summary,
    description: "Refused, whatever is sent: the models here draw from text alone.",
    lock: "key",
    parameters: [requestId],
    body: { schema: z.unknown(), mediaType: "multipart/form-data", isOptional: true },
    examples,
    answers: [],
    failures: refusals,
  };
}

/** The images API in `/openapi.json`. */
export const reference: Reference = {
  title: "Images",
  description: "OpenAI's Images: pictures from descriptions, and the links that lead to them.",
  errorForms: [openAiErrorForm],
  schemas: {
    ImageRequest: requestSchema,
    Images: responseSchema,
    ImageCompletedEvent: completedEvent,
    ImageErrorEvent: errorEvent,
  },
  operations: [
    {
      route: "POST /v1/images/generations",
      id: "createImage",
      summary: "Draw pictures",
      lock: "key",
      parameters: [requestId, trace],
      body: { schema: requestSchema, fields },
      examples: [
        { summary: "A picture, as a link", body: { prompt: "A red boat on a calm lake" }, status: 200 },
        {
          summary: "Two pictures, in the body",
          body: { prompt: "A red boat on a calm lake", n: 2, response_format: "b64_json" },
          status: 200,
        },
        {
          summary: "A stream",
          body: { prompt: "A red boat on a calm lake", stream: true },
          status: 200,
          mediaType: "text/event-stream",
        },
        { summary: "Nothing to draw", body: { prompt: "" }, status: 400 },
      ],
      answers: [
        {
          status: 200,
          description:
            "The pictures; with `stream: true` each as an event when it is ready, and how the jobs go in comments.",
          headers: [...upstreamHeaders, "x-images-missing"],
          contents: {
            "application/json": {
              schemas: [responseSchema],
              example: {
                created: 1795000000,
                data: [
                  {
                    url: "http://localhost:16571/v1/images/files/job_727ef62f_00001_.webp?sig=kYd0",
                    revised_prompt: "A vibrant red boat on a calm lake",
                  },
                ],
              },
            },
            "text/event-stream": {
              events: { "image_generation.completed": completedEvent, error: errorEvent },
            },
          },
        },
      ],
      failures: answerFailures,
    },
    refuse("/v1/images/edits", "editImage", "Change a picture (refused)"),
    refuse("/v1/images/variations", "varyImage", "Vary a picture (refused)"),
    {
      route: "GET /v1/images/files/{name}",
      id: "getImageFile",
      summary: "A picture, by its link",
      description:
        "The links of answers lead here. They carry their permission in themselves, so no key is wanted. A link that was changed is 404.",
      lock: "none",
      parameters: [
        {
          name: "name",
          in: "path",
          description: "As the link has it.",
          schema: z.string(),
          example: "job_727ef62f_00001_.webp",
        },
        {
          name: "sig",
          in: "query",
          description: "The signature of the link.",
          schema: z.string(),
          required: true,
        },
        {
          name: "format",
          in: "query",
          description: "What it is converted to, where the link says so.",
          schema: z.enum(["webp", "png", "jpeg"]),
        },
        {
          name: "quality",
          in: "query",
          description: "Of `webp` and `jpeg`, likewise.",
          schema: z.int().min(1).max(100),
        },
      ],
      examples: [{ summary: "A picture", status: 200, mediaType: "image/webp" }],
      answers: [
        {
          status: 200,
          description: "The picture, which may be kept for good.",
          headers: ["etag"],
          contents: { "image/webp": {}, "image/png": {}, "image/jpeg": {} },
        },
        { status: 304, description: "It is what `If-None-Match` says.", headers: ["etag"] },
      ],
      failures: {
        name: "Picture",
        kinds: [
          "not-found",
          "internal",
          "upstream-unavailable",
          "upstream-protocol",
          "upstream-truncated",
          "overloaded",
          "upstream-timeout",
        ],
      },
    },
  ],
};
