import { edgeReply } from "./edge-replies.ts";
import { listsRawIds, offeredModels } from "./offered-models.ts";
import { emptyReply, jsonReply, sessionRefused, type Call, type HttpReply, type Reply } from "./reply.ts";
import { isAuthorized } from "./session-routes.ts";
import type { SimulatedModel } from "./types.ts";
import type { World } from "./world.ts";

/** When the rows of the simulated database were made. */
const ROWS_MADE = "2026-05-19T12:00:00.000Z";

/** GET /api/models: A wants a session, B shows the list to everybody. */
export async function modelsRoute(call: Call, world: World): Promise<Reply> {
  if (call.method !== "GET" && call.method !== "HEAD") return emptyReply(405);
  const script = world.modelsScript;
  await script?.gate;
  if (script?.error !== undefined) return edgeReply(script.error, world);
  const offered = offeredModels(world);
  if (world.generation === "B")
    return jsonReply(
      200,
      offered.map((model, index) => modelOf(model, index, world)),
    );
  if (!isAuthorized(call, world)) return sessionRefused();
  // With a failing back end A shows its whole table without saying what is available.
  return offered.length === 0
    ? jsonReply(
        200,
        world.rows.map((model) => modelEntry(model)),
      )
    : jsonReply(
        200,
        offered.map((model) => ({ ...modelEntry(model), available: true })),
      );
}

/** GET /api/models/all (B): every row, also while the back end fails, with what the caller may do. */
export function allModelsRoute(call: Call, world: World): HttpReply {
  if (call.method !== "GET" && call.method !== "HEAD") return emptyReply(405);
  if (world.database === "down") {
    return jsonReply(500, {
      error: "Failed to fetch models",
      details: "connect ECONNREFUSED 127.0.0.1:5432",
    });
  }
  const models = world.rows.map((model, index) => {
    const { id } = model;
    const offered = world.models.includes(model) && model.available !== false;
    return {
      ...modelOf(model, index, world),
      id: world.instance === "standalone" ? id : rowId(index),
      user_has_access: true,
      is_available_now: offered,
      action_button: offered ? "start_chat" : "unavailable",
      action_text: offered ? "Start Chat" : "Unavailable",
    };
  });
  const now = models.filter(({ is_available_now }) => is_available_now).length;
  const stats = {
    total_models: models.length,
    available_now: now,
    user_accessible: models.length,
    user_available: now,
    by_tier: { permissionless: models.length, extended: 0, pro: 0 },
  };
  return jsonReply(200, { models, user_tier: "permissionless", stats });
}

/** A's entry. */
function modelEntry(model: SimulatedModel): object {
  return {
    id: model.id,
    name: model.name ?? model.id,
    description: model.description,
    temperature: model.temperature,
    top_p: model.topP,
    tokenLimit: model.tokenLimit,
    ...model.details,
  };
}

function modelOf(model: SimulatedModel, index: number, world: World): object {
  return listsRawIds(world) ? backEndModel(model) : modelRow(model, index);
}

/** B's entry without a database, or while that is away: what the back end lists, with fixed numbers. */
function backEndModel({ id }: SimulatedModel): object {
  return {
    id,
    model_id: id,
    api_id: id,
    name: id.split("/").at(-1),
    description: `${id} model`,
    tier_requirement: "permissionless",
    available: true,
    temperature: 0.7,
    top_p: 0.95,
    token_limit: 128_000,
    owned_by: "openai",
    display_order: 0,
  };
}

/** B's entry: NUMERIC columns come as text with two decimals, missing ones as null. */
function modelRow(model: SimulatedModel, index: number): object {
  return {
    id: model.id,
    model_id: model.id,
    api_id: model.apiId ?? null,
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
    ...model.details,
  };
}

/** The database's own key of a row. */
function rowId(index: number): string {
  return `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
}
