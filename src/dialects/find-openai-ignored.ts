/** What the OpenAI APIs have in common that has no effect here, or only some of it. */
import { GatewayError } from "../errors.ts";
import { findIgnored, findIgnoredInAll, isRecord } from "./find-ignored.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A list of a body whose form is not known yet. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Values of `service_tier` that leave the choice to us. */
const anyTier: ReadonlySet<unknown> = new Set(["auto", "default"]);

/** Parameters that are named only with some of their values. */
export function isNamed(name: string, value: unknown): boolean {
  return name !== "service_tier" || !anyTier.has(value);
}

/** What the model is told, and how a call is checked and shown; `function` and `custom` are Chat Completions' nesting. */
const toolFields: ReadonlySet<string> = new Set([
  "type",
  "name",
  "description",
  "parameters",
  // All tools are checked against their schema.
  "strict",
  "format",
  "environment",
  "input_examples",
  "function",
  "custom",
  "tools",
]);

/** Other tools are left out, with all their settings, and named by themselves. */
const toolTypes: ReadonlySet<unknown> = new Set([
  undefined,
  "function",
  "custom",
  "namespace",
  "shell",
  "local_shell",
  "apply_patch",
]);

function findInOne(tool: Fields): string[] {
  if (!toolTypes.has(tool["type"])) return [];
  const { allowed_callers: callers } = tool;
  // There is no code execution here, so each call is direct.
  const isDirect = Array.isArray(callers) && callers.includes("direct");
  return findIgnored(tool, toolFields, "tools.").filter(
    (name) => !isDirect || name !== "tools.allowed_callers",
  );
}

/** What was found of tools before: agents send the same ones with each turn. */
const known = new WeakMap<Fields, readonly string[]>();

function findInKnown(tool: Fields): readonly string[] {
  const names = known.get(tool) ?? findInTool(tool);
  known.set(tool, names);
  return names;
}

function findInTool(tool: Fields): string[] {
  const inner = [tool["function"], tool["custom"], ...listOf(tool["tools"])];
  return [tool, ...inner.filter(isRecord)].flatMap(findInOne);
}

/** The fields of tools, those in namespaces included, that have no effect: `tools.defer_loading`. */
export function findIgnoredToolFields(tools: Iterable<unknown>): string[] {
  return findIgnoredInAll(tools, findInKnown);
}

/** What is read of a part; the last ones tell of an answer, and ask for nothing. */
const partFields: ReadonlySet<string> = new Set([
  "type",
  "text",
  "refusal",
  "image_url",
  "file",
  "filename",
  "file_data",
  "url",
  "annotations",
  "logprobs",
  "parsed",
]);

function findInPart(fields: unknown, place: string): string[] {
  if (!isRecord(fields)) return [];
  // `auto` leaves the choice to us.
  return findIgnored(fields, partFields, place).filter(
    (name) => name !== `${place}detail` || fields["detail"] !== "auto",
  );
}

/** The fields of parts that have no effect, behind `place`: `messages.content.image_url.detail`. */
export function findIgnoredPartFields(parts: Iterable<unknown>, place: string): string[] {
  return findIgnoredInAll(parts, (part) => [
    ...findInPart(part, place),
    ...findInPart(part["image_url"], `${place}image_url.`),
    ...findInPart(part["file"], `${place}file.`),
  ]);
}

/** `stream_options.include_obfuscation` and what else is not `understood` of the stream's options. */
export function findIgnoredStreamOptions(options: unknown): string[] {
  return isRecord(options) ? findIgnored(options, new Set(["include_usage"]), "stream_options.") : [];
}

/**
 * Refuses what must not pass for done: moderation that shall hold back a text, and the wish to warm up a cache, for which an
 * answer would be made and paid.
 */
export function refuseUnsafe(body: Fields): void {
  const { moderation, prompt_cache_options: cache } = body;
  if (isRecord(moderation) && isRecord(moderation["policy"])) {
    for (const [side, rule] of Object.entries(moderation["policy"])) {
      if (!isRecord(rule) || rule["mode"] !== "block") continue;
      const param = `moderation.policy.${side === "input" ? side : "output"}`;
      const text = `'${param}' can't be 'block': nothing is moderated here. Leave it out.`;
      throw new GatewayError("unsupported", text, { param });
    }
  }
  if (isRecord(cache) && cache["prewarm"] === true) {
    const param = "prompt_cache_options.prewarm";
    const text = `'${param}' can't be true: there is no cache to warm up. Leave it out.`;
    throw new GatewayError("unsupported", text, { param });
  }
}
