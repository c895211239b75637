import { emptyReply, jsonReply, sessionRefused, type Call, type HttpReply } from "./reply.ts";
import { sessionLeft } from "./session-routes.ts";
import type { SimulatedModel } from "./types.ts";
import type { World } from "./world.ts";

/** When the rows of the simulated database were made. */
const ROWS_MADE = "2026-05-19T12:00:00.000Z";

/** GET /api/models: A wants a session, B shows the list to everybody. */
export function modelsRoute(call: Call, world: World): HttpReply {
  if (call.method !== "GET" && call.method !== "HEAD") return emptyReply(405);
  const available = world.models.filter((model) => model.available !== false);
  if (world.generation === "B") {
    return jsonReply(
      200,
      available.map((model, index) => modelRow(model, index)),
    );
  }
  if (sessionLeft(call, world) === 0) return sessionRefused();
  return jsonReply(200, available.map(modelOfA));
}

/** GET /api/models/all (B): every row, with what the caller may do. */
export function allModelsRoute(call: Call, world: World): HttpReply {
  if (call.method !== "GET" && call.method !== "HEAD") return emptyReply(405);
  const models = world.models.map((model, index) => ({
    ...modelRow(model, index),
    user_has_access: true,
    is_available_now: model.available !== false,
    action_button: "Chat Now",
    action_text: "Start chatting",
  }));
  return jsonReply(200, { models, user_tier: "permissionless" });
}

function modelOfA(model: SimulatedModel): object {
  return {
    id: model.id,
    name: model.name ?? model.id,
    description: model.description,
    temperature: model.temperature,
    top_p: model.topP,
    tokenLimit: model.tokenLimit,
    available: true,
  };
}

/** NUMERIC columns come as text with two decimals, missing ones as null. */
function modelRow(model: SimulatedModel, index: number): object {
  return {
    id: model.id,
    model_id: model.id,
    api_id: null,
    name: model.name ?? model.id,
    description: model.description ?? null,
    tier_requirement: "permissionless",
    available: model.available ?? true,
    temperature: model.temperature?.toFixed(2) ?? null,
    top_p: model.topP?.toFixed(2) ?? null,
    token_limit: model.tokenLimit ?? null,
    owned_by: null,
    parameters: null,
    architecture: null,
    hf_repo: null,
    about_content: null,
    info_content: null,
    thumbnail_id: null,
    deploy_url: null,
    display_order: index,
    category: null,
    is_api_available: true,
    is_chat_available: true,
    created_at: ROWS_MADE,
    updated_at: ROWS_MADE,
  };
}
