import { z } from "zod";

import type { Parameter } from "./reference.ts";

/** What any request may say of itself. */
export const requestId: Parameter = {
  name: "x-request-id",
  in: "header",
  description: "An id for the request, in the answer and in the log.",
  schema: z.string().regex(/^[\w.:+/=@-]{1,128}$/),
};

/** What the operator may ask of a request with a key. */
export const trace: Parameter = {
  name: "x-trace",
  in: "header",
  description: "`on`: the request is traced. Of the operator alone; of others it is ignored and named.",
  schema: z.enum(["on", "off"]),
};

/** What a request to a model may ask in headers. */
export const wishes: readonly Parameter[] = [
  requestId,
  trace,
  {
    name: "x-tool-detail",
    in: "header",
    description: "How much the model is told of the tools, instead of `TOOL_DETAIL`.",
    schema: z.enum(["auto", "full", "short"]),
  },
  {
    name: "x-history-diet",
    in: "header",
    description: "Whether old results of tools are shortened, instead of `HISTORY_DIET`.",
    schema: z.enum(["on", "off"]),
  },
];

/** How a caller says that it speaks Anthropic's API, where the form of an answer depends on that. */
export const anthropicVersion: Parameter = {
  name: "anthropic-version",
  in: "header",
  description: "Any value: answers and errors have Anthropic's form.",
  schema: z.string(),
  example: "2023-06-01",
};
