import type { ModelInfo } from "../model/model-info.ts";

/** The model that an id names: its own id, or the same in another case. */
export function findModel(models: readonly ModelInfo[], id: string): ModelInfo | undefined {
  const lower = id.toLowerCase();
  return models.find((model) => model.id === id) ?? models.find((model) => model.id.toLowerCase() === lower);
}
