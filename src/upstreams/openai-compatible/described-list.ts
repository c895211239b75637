import type { ModelInfo } from "../../model/model-info.ts";
import type { Sources } from "./describe-model.ts";

/** What changes of what is known of a model, each a new object when it does. */
type Changing = Omit<Sources, "operator">;

/** A list of described models. */
export interface DescribedList {
  /** The models of these ids: the same list as before as long as nothing has changed, so that others may keep what they make of it. */
  of(ids: readonly string[]): readonly ModelInfo[];
}

/** Creates the list. What `read` gives is compared with the last time; `describe` is asked only for what has changed. */
export function createDescribedList(
  read: (id: string) => Changing,
  describe: (id: string) => ModelInfo,
): DescribedList {
  let known: ReadonlyMap<string, { readonly sources: Changing; readonly model: ModelInfo }> = new Map();
  let list: readonly ModelInfo[] = [];
  return {
    of(ids) {
      const before = known;
      known = new Map(
        ids.map((id) => {
          const sources = read(id);
          const last = before.get(id);
          const isSame = last !== undefined && areSame(last.sources, sources);
          return [id, isSame ? last : { sources, model: describe(id) }];
        }),
      );
      const models = [...known.values()].map(({ model }) => model);
      if (models.length !== list.length || models.some((model, at) => model !== list[at])) list = models;
      return list;
    },
  };
}

function areSame(one: Changing, other: Changing): boolean {
  return (
    one.server === other.server &&
    one.listed === other.listed &&
    one.details === other.details &&
    one.learned === other.learned
  );
}
