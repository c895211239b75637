import { z } from "zod";

import { upstreamHeaders } from "../../openapi/answer-headers.ts";
import {
  answerFailures,
  type Operation,
  type ParameterRow,
  type Reference,
} from "../../openapi/reference.ts";
import { requestId, trace } from "../../openapi/request-headers.ts";
import { openAiErrorForm } from "../openai-error-form.ts";
import { requestSchema } from "./request-schema.ts";
import { speechEvents, transcriptEvents, responseSchema } from "./response-schema.ts";

/** The fields of a form that are read here; all others go to the upstream as they are. */
const formSchema = z.looseObject({
  file: z.string().meta({ format: "binary" }).describe("The recording, with a filename."),
  model: z.string().optional(),
  stream: z.enum(["true", "false"]).optional(),
  language: z.string().optional(),
  prompt: z.string().optional(),
  response_format: z.string().optional(),
  temperature: z.string().optional(),
});

const formFields: readonly ParameterRow[] = [
  [
    "file",
    "honoured",
    "one recording, with a filename; the form (`multipart/form-data`) up to `BODY_LIMIT_BYTES` (32 MiB), else 413",
  ],
  [
    "model",
    "honoured",
    "a transcription model, an alias, or nothing for the first that is listed. One of which its server does not say what it is may be tried, too.",
  ],
  ["stream", "honoured", "`true` or `false`: the upstream's events pass as they come."],
  [
    [
      "language",
      "languages",
      "prompt",
      "keywords",
      "response_format",
      "temperature",
      "timestamp_granularities",
      "include",
      "chunking_strategy",
      "known_speaker_names",
      "known_speaker_references",
    ],
    "by upstream",
    "They go there as they are, and so does any other field.",
  ],
];

const textFields: readonly ParameterRow[] = [
  ["input", "honoured", "up to 1,000,000 characters; servers have limits of their own"],
  ["model", "honoured", "likewise, a speech model"],
  ["stream_format", "honoured", "`audio` or `sse`; both pass as they come"],
  [["voice", "instructions", "response_format", "speed"], "by upstream", "likewise"],
];

/** Some bytes, where a test sends a recording. */
const file = "RIFF";

function writeDown(id: string, route: string, summary: string): Operation {
  return {
    route,
    id,
    summary,
    lock: "key",
    parameters: [requestId, trace],
    body: { schema: formSchema, fields: formFields, mediaType: "multipart/form-data" },
    examples: [
      { summary: "A recording", body: { file, language: "en" }, status: 200 },
      {
        summary: "As plain text",
        body: { file, response_format: "text" },
        status: 200,
        mediaType: "text/plain",
      },
      {
        summary: "Streamed",
        body: { file, stream: "true" },
        status: 200,
        mediaType: "text/event-stream",
      },
      { summary: "Without a recording", body: { language: "en" }, status: 400 },
    ],
    answers: [
      {
        status: 200,
        description: "What was said, as the upstream has written it.",
        headers: [...upstreamHeaders, "x-usage-estimated"],
        contents: {
          "application/json": {
            schemas: [responseSchema],
            example: { text: "A red boat.", usage: { type: "tokens", input_tokens: 14, output_tokens: 4 } },
          },
          "text/plain": { example: "A red boat." },
          "text/event-stream": { schemas: transcriptEvents },
        },
      },
    ],
    failures: answerFailures,
  };
}

/** `POST /v1/audio/transcriptions`, `/v1/audio/translations` and `/v1/audio/speech` in `/openapi.json`. */
export const reference: Reference = {
  title: "Audio",
  description: "OpenAI's Audio, of upstreams that have models for it. Without one the answer is 404.",
  errorForms: [openAiErrorForm],
  schemas: { AudioForm: formSchema, SpeechRequest: requestSchema, Transcript: responseSchema },
  operations: [
    writeDown("createTranscription", "POST /v1/audio/transcriptions", "Write a recording down"),
    writeDown("createTranslation", "POST /v1/audio/translations", "Write a recording down in English"),
    {
      route: "POST /v1/audio/speech",
      id: "createSpeech",
      summary: "Speak a text",
      lock: "key",
      parameters: [requestId, trace],
      body: { schema: requestSchema, fields: textFields },
      examples: [
        { summary: "A text", body: { input: "A red boat." }, status: 200, mediaType: "audio/mpeg" },
        {
          summary: "As events",
          body: { input: "A red boat.", stream_format: "sse" },
          status: 200,
          mediaType: "text/event-stream",
        },
        { summary: "Nothing to speak", body: { input: "" }, status: 400 },
      ],
      answers: [
        {
          status: 200,
          description: "The sound, in the format that the upstream has written.",
          headers: [...upstreamHeaders, "x-usage-estimated"],
          contents: { "audio/mpeg": {}, "text/event-stream": { schemas: speechEvents } },
        },
      ],
      failures: answerFailures,
    },
  ],
};
