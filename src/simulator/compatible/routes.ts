import type { Reply } from "../reply.ts";
import type { ReadRequest } from "../serve-http.ts";
import type { RecordedRequest } from "../types.ts";
import { audioRoute, type SoundRoute, soundRoutes } from "./audio-route.ts";
import { chatRoute } from "./chat-route.ts";
import { completionRoute } from "./completion-route.ts";
import { embeddingRoute } from "./embedding-route.ts";
import { imageRoute } from "./image-route.ts";
import type { JsonObject, Persona } from "./persona.ts";
import { asObject } from "./read-chat.ts";
import { refuse, tell } from "./replies.ts";
import { scriptedReply } from "./scripted-reply.ts";
import { toSeen, type CompatibleWorld } from "./world.ts";

/** The reply to any request, by its path and method. */
export async function answerRequest(
  { method, path, headers, bytes }: ReadRequest,
  record: RecordedRequest,
  world: CompatibleWorld,
): Promise<Reply> {
  const { persona } = world;
  // A proxy or a broken server answers before anything is looked at.
  const script = world.takeInstead(record);
  if (script !== undefined) return await scriptedReply(script, persona);

  if (world.loading !== undefined) {
    if (persona.loading === "refuse") return { kind: "refuse" };
    if (persona.loading !== "wait") return refuse(persona, persona.loading);
    await world.loading;
  }
  if (world.apiKey !== undefined && persona.guards(path) && keyOf(headers, persona) !== world.apiKey) {
    return refuse(persona, persona.wording.key());
  }
  const discovery = persona.discovery[`${method} ${path}`];
  if (discovery !== undefined) {
    const { status = 200, body } = discovery(toSeen(world), asObject(record.body) ?? {});
    return tell(status, body);
  }
  const sound = method === "POST" ? soundOf(path, world) : undefined;
  if (sound !== undefined) {
    const type = headers["content-type"] ?? "";
    return await audioRoute(sound, { bytes, type }, world);
  }
  return await openAiRoute(method, path, record, world);
}

async function openAiRoute(
  method: string,
  path: string,
  record: RecordedRequest,
  world: CompatibleWorld,
): Promise<Reply> {
  const { persona } = world;
  const unknown = (): Reply => refuse(persona, persona.wording.unknownPath(method, path));
  const route = path.startsWith(`${persona.base}/`) ? path.slice(persona.base.length) : "";
  if (method === "GET" && route === "/models") return tell(200, persona.listModels(toSeen(world)));
  const answer = method === "POST" ? answerOf(route, world) : undefined;
  if (answer === undefined) return unknown();
  const body = asObject(record.body);
  return body === undefined ? refuse(persona, persona.wording.badJson()) : await answer(body, record, world);
}

/** What is wanted of an audio route that the server has. */
function soundOf(path: string, { persona, models }: CompatibleWorld): SoundRoute | undefined {
  const route = soundRoutes.find((one) => path === `${persona.base}/audio/${one}`);
  const kind = route === "speech" ? "speech" : "transcription";
  const has = persona.routes.includes("audio") && models.some(({ audio }) => audio === kind);
  return has ? route : undefined;
}

type Answering = (
  body: JsonObject,
  record: RecordedRequest,
  world: CompatibleWorld,
) => Reply | Promise<Reply>;

/** The route, if the server has it. */
function answerOf(route: string, { persona, models }: CompatibleWorld): Answering | undefined {
  if (route === "/chat/completions") return chatRoute;
  if (route === "/completions" && persona.routes.includes("completions")) return completionRoute;
  if (route === "/embeddings" && persona.routes.includes("embeddings")) {
    return (body, _record, world) => embeddingRoute(body, world);
  }
  const draws = persona.routes.includes("images") && models.some((model) => model.draws === true);
  return route === "/images/generations" && draws
    ? (body, _record, world) => imageRoute(body, world)
    : undefined;
}

function keyOf(headers: ReadRequest["headers"], { apiKeyHeader }: Persona): string | undefined {
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
  const other = headers["x-api-key"];
  return bearer ?? (apiKeyHeader && typeof other === "string" ? other : undefined);
}
