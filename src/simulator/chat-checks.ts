import { fileText } from "./length-check.ts";
import { listsRawIds } from "./offered-models.ts";
import { promptError } from "./prompt-errors.ts";
import { jsonReply, type HttpReply } from "./reply.ts";
import type { ChatBody, SimulatedModel } from "./types.ts";
import type { World } from "./world.ts";

/** What the app's tokenizer refuses to see anywhere in a request. */
const SPECIAL_TOKENS = /<\|(?:endoftext|fim_prefix|fim_middle|fim_suffix|endofprompt)\|>/;

/** The body as an object, or `undefined` where the app fails at once (500, empty body). */
export function parseChatObject(text: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return isRecord(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

/** The body with a text wherever the app's tokenizer needs one, else `undefined` (500, empty body). */
export function parseChatBody(body: Record<string, unknown>): ChatBody | undefined {
  const { messages, system, context } = body;
  if (!Array.isArray(messages) || !messages.every(hasTextContent)) return undefined;
  if (system && typeof system !== "string") return undefined;
  const files: unknown = context || [];
  if (!Array.isArray(files) || !files.every(hasTextContent)) return undefined;
  const texts = [...messages, ...files].map(({ content }) => content);
  if (typeof system === "string") texts.push(system);
  if (texts.some((text) => SPECIAL_TOKENS.test(text))) return undefined;
  // Roles are left as they came: the SDK complains of odd ones later, in its own words.
  return body as unknown as ChatBody;
}

/** The 403 for a model that the list does not offer (B only). */
export function modelRefused(model: unknown, available: readonly SimulatedModel[]): HttpReply {
  return jsonReply(403, {
    error: "Model not available",
    message: `The model "${String(model)}" is not available for your account tier. Please select a different model.`,
    available_models: available.map(({ id, name }) => ({ id, name: name ?? id })),
  });
}

/** The 429 of a used-up limit; `resetAt` in unix ms. */
export function usageRefused(resetAt: number): HttpReply {
  return jsonReply(
    429,
    {
      error: "Rate limit exceeded",
      message: "You've reached your usage limit for this time period. Sign in for higher limits.",
      resetTime: new Date(resetAt).toISOString(),
      requiresVerification: false,
      tier: "anonymous",
    },
    { "x-tokenlimit-reset": String(Math.ceil(resetAt / 1000)) },
  );
}

/** What the SDK says of a request, messages before numbers, or `undefined`. */
export function requestError(body: ChatBody, world: World): string | undefined {
  const files = (body.context ?? []).map(({ name, content }) => ({
    role: "user",
    content: fileText(name, content),
  }));
  return promptError([...files, ...body.messages]) ?? parameterError(body, world);
}

/**
 * B converts what it is given to a number and falls back to the model's row, whose numbers are texts that the SDK
 * refuses (a NULL passes); A falls back to numbers and hands anything else on as it is.
 */
function parameterError(body: ChatBody, world: World): string | undefined {
  const model = world.models.find(({ id }) => id === body.model);
  for (const name of ["temperature", "topP"] as const) {
    const given = body[name];
    const refused =
      world.generation === "A"
        ? Boolean(given) && typeof given !== "number"
        : !listsRawIds(world) && !Number(given) && model?.[name] !== undefined;
    if (refused) return `Invalid argument for parameter ${name}: ${name} must be a number`;
  }
  return undefined;
}

function hasTextContent(value: unknown): value is { content: string } & Record<string, unknown> {
  return isRecord(value) && typeof value["content"] === "string";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
