import { findIgnored, findIgnoredInAll, isRecord } from "../find-ignored.ts";
import {
  findIgnoredPartFields,
  findIgnoredStreamOptions,
  findIgnoredToolFields,
  isNamed,
  listOf,
} from "../find-openai-ignored.ts";
import { rareSampling } from "../sampling-fields.ts";
import { findIgnoredEffort, readEffort } from "./read-effort.ts";
import { requestSchema, type RequestBody } from "./request-schema.ts";

/** `audio` is refused, and the others are judged below. Not every upstream takes what is rare. */
const understood: ReadonlySet<string> = new Set(
  [...Object.keys(requestSchema.shape), "audio"].filter((name) => !rareSampling.has(name)),
);

/** The fields of a message itself that have no effect. */
function findInMessage({ role, audio, name }: Readonly<Record<string, unknown>>): string[] {
  // The words of an earlier answer that was spoken are not here.
  if (role === "assistant") return isRecord(audio) ? ["messages.audio"] : [];
  // The upstream has one voice for instructions.
  return (role === "system" || role === "developer") && name ? ["messages.name"] : [];
}

/** The parts of all messages of a body. */
function* partsOf(messages: readonly unknown[]): Generator<unknown, void, undefined> {
  for (const message of messages) if (isRecord(message)) yield* listOf(message["content"]);
}

/** Parameters of a valid body that have no effect here, as `x-ignored-parameters` shows them; `raw` is the body as it came. */
export function listIgnored(body: RequestBody, raw: unknown): string[] {
  const { messages, tools, functions, stream_options: options } = isRecord(raw) ? raw : {};
  return [
    ...findIgnored(body, understood).filter((name) => isNamed(name, body[name])),
    ...readEffort(body).names,
    ...findIgnoredEffort(body),
    ...(body.web_search_options === undefined ? [] : ["web_search_options"]),
    ...findIgnoredStreamOptions(options),
    ...findIgnoredInAll(listOf(messages), findInMessage),
    ...findIgnoredPartFields(partsOf(listOf(messages)), "messages.content."),
    ...findIgnoredToolFields([...listOf(tools), ...listOf(functions)]),
  ];
}
