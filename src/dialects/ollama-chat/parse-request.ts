import { findIgnoredInAll, isRecord } from "../find-ignored.ts";
import { findIgnoredToolFields, listOf } from "../find-openai-ignored.ts";
import { findIgnoredOllama, type ParsedOllama, readOllamaWishes, toOllamaLoad } from "../ollama-fields.ts";
import { parseBody, refuseCrowd } from "../parse-body.ts";
import { createToolMemory } from "../remember-tools.ts";
import { parseMessages } from "./parse-messages.ts";
import { parseTools } from "./parse-tools.ts";
import { requestSchema } from "./request-schema.ts";

const understood: ReadonlySet<string> = new Set(["messages", "tools"]);

const parseKnown = createToolMemory();

/** Who shows pictures: the user and tools. */
function findInMessage({ role, images }: Readonly<Record<string, unknown>>): string[] {
  const shows = role === "user" || role === "tool";
  return !shows && listOf(images).length > 0 ? ["messages.images"] : [];
}

/**
 * Parses the body of `POST /api/chat`; without messages it asks for nothing but the model. Throws `invalid-request` or `unsupported` that
 * names the field. `stream` is on unless it is `false`.
 */
export function parseRequest(input: unknown): ParsedOllama {
  refuseCrowd(input, ["messages", "tools"]);
  const body = parseKnown(input, (one) => parseBody(requestSchema, one));
  const { messages = [] } = body;
  if (messages.length === 0) return toOllamaLoad(body);
  const { request, spellings } = readOllamaWishes(body);
  const { tools, ignored } = parseTools(body);
  const raw = isRecord(input) ? input : {};
  return {
    kind: "ask",
    request: {
      model: body.model,
      messages: parseMessages(messages),
      tools,
      toolChoice: { kind: "auto" },
      parallelToolCalls: true,
      ...request,
    },
    stream: body.stream ?? true,
    ignored: [
      ...findIgnoredOllama(body, understood),
      ...findIgnoredInAll(listOf(raw["messages"]), findInMessage),
      ...findIgnoredToolFields(listOf(raw["tools"])),
      ...ignored,
    ],
    spellings,
  };
}
