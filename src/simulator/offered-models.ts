import type { SimulatedModel } from "./types.ts";
import type { World } from "./world.ts";

/** The app's image model, which no back end of language models knows. */
export const imageModelId = "AkashGen";

/** Whether B knows nothing but what its back end lists: it has no database, or that is away. */
export function listsRawIds(world: World): boolean {
  return world.generation === "B" && (world.instance === "standalone" || world.database === "down");
}

/** What can be asked for now, under the ids by which it can be asked for. */
export function offeredModels(world: World): readonly SimulatedModel[] {
  const offered = world.models.filter(({ available }) => available !== false);
  return listsRawIds(world) ? offered.filter(({ id }) => id !== imageModelId).map(toRaw) : offered;
}

function toRaw({ reasoning = false, ...model }: SimulatedModel): SimulatedModel {
  const id = model.apiId ?? model.id;
  const name = id.split("/").at(-1) ?? id;
  return { id, name, temperature: 0.7, topP: 0.95, tokenLimit: 128_000, reasoning };
}
