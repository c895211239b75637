import { parseRequest } from "../../../src/dialects/openai-responses/parse-request.ts";
import { resolveRequest } from "../../../src/dialects/openai-responses/resolve-request.ts";
import {
  createResponseWriter,
  type ResponseWriter,
} from "../../../src/dialects/openai-responses/response-writer.ts";

/** Parses a body as the route does, with nothing stored. */
export function parse(body: Record<string, unknown>) {
  return resolveRequest(parseRequest({ model: "m", input: "hi", ...body }), {
    responseId: "resp_1",
    history: [],
    references: new Map(),
    openSummary: () => undefined,
    temperature: 0.6,
    topP: undefined,
  });
}

/** The writer of the answer to `body`; the clock stands still. */
export function makeWriter(body: Record<string, unknown> = {}): ResponseWriter {
  const { echo, tools } = parse(body);
  return createResponseWriter({
    id: "resp_1",
    createdAt: 1_700_000_000,
    model: "m",
    echo,
    tools,
    now: () => 1_700_000_001_500,
  });
}
