import { jsonReply, type HttpReply } from "./reply.ts";
import type { ChatBody, SimulatedModel } from "./types.ts";
import type { World } from "./world.ts";

/** What the app's tokenizer refuses to see anywhere in a request. */
const SPECIAL_TOKENS = /<\|(?:endoftext|fim_prefix|fim_middle|fim_suffix|endofprompt)\|>/;

/**
 * The body as an object with a list of messages, or `undefined` where the app fails unhandled (500, empty body)
 * before it looks at the model.
 */
export function parseChatObject(text: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return isRecord(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

/** The body with every text where the app's tokenizer needs one, else `undefined` (500, empty body). */
export function parseChatBody(body: Record<string, unknown>): ChatBody | undefined {
  const { messages, system, context } = body;
  if (!Array.isArray(messages) || !messages.every(hasTextContent)) return undefined;
  if (system && typeof system !== "string") return undefined;
  if (context && !(Array.isArray(context) && context.every(hasTextContent))) return undefined;
  const texts = [
    ...messages.map((message) => message.content),
    ...(Array.isArray(context) ? context.map((file: { content: string }) => file.content) : []),
    typeof system === "string" ? system : "",
  ];
  if (texts.some((text) => SPECIAL_TOKENS.test(text))) return undefined;
  return {
    ...body,
    messages: messages.map((message) => ({ ...message, role: String(message["role"]) })),
  } as ChatBody;
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

/**
 * What the SDK says of the numbers: B reads model defaults as strings, which it then refuses; A passes on what
 * is not a number.
 */
export function parameterError(body: ChatBody, world: World): string | undefined {
  const model = world.models.find(({ id }) => id === body.model);
  for (const name of ["temperature", "topP"] as const) {
    const given = body[name];
    const number = world.generation === "A" ? given : Number(given);
    const missing = number === 0 || Number.isNaN(number) || !number;
    const fallback = world.generation === "A" ? undefined : model?.[name];
    const refused = missing ? fallback !== undefined : typeof number !== "number";
    if (refused) return `Invalid argument for parameter ${name}: ${name} must be a number`;
  }
  return undefined;
}

/** What the SDK says of the messages. */
export function messagesError(body: ChatBody): string | undefined {
  if (body.messages.length === 0) return "Invalid prompt: messages must not be empty";
  return undefined;
}

function hasTextContent(value: unknown): value is { content: string } & Record<string, unknown> {
  return isRecord(value) && typeof value["content"] === "string";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
