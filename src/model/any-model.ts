/** The id that asks for any model. */
export const anyModel = "auto";

/** Whether an id asks for any model that fits: `auto`, unless a model or an alias has that name. */
export function asksForAny(id: string): boolean {
  return id.toLowerCase() === anyModel;
}
