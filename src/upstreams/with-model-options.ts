import type { ModelInfo } from "../model/model-info.ts";
import type { UpstreamModels } from "./model-options.ts";
import { readOptions, selectIds } from "./read-options.ts";
import type { Upstream } from "./upstream.ts";

/**
 * Lays what the operator says of models over what an upstream says itself: which of them are used, their sizes and prices. What
 * they can the upstream must know, since it has to send it: that is left as it is.
 */
export function withModelOptions(upstream: Upstream, options: UpstreamModels): Upstream {
  function describe(id: string, known: ModelInfo | undefined): ModelInfo {
    const { capabilities: _capabilities, ...told } = readOptions(options, id);
    return { kind: "chat", ...known, ...told, id };
  }

  /** The same list as before gives the same: whoever keeps something by it needs not look again. */
  let last: { readonly models: readonly ModelInfo[]; readonly selected: readonly ModelInfo[] } | undefined;

  function select(models: readonly ModelInfo[]): readonly ModelInfo[] {
    if (last?.models === models) return last.selected;
    const known = new Map(models.map((model) => [model.id, model]));
    const selected = selectIds([...known.keys()], options.include).map((id) => describe(id, known.get(id)));
    last = { models, selected };
    return selected;
  }

  return {
    ...upstream,
    // It may come later.
    get pictures() {
      return upstream.pictures;
    },
    get listRemark() {
      return upstream.listRemark;
    },
    listModels: async (signal) => select(await upstream.listModels(signal)),
    refreshModels: async (signal, asked) => select(await upstream.refreshModels(signal, asked)),
    describeModel(id) {
      const known = upstream.describeModel(id);
      const [used] = selectIds(known === undefined ? [] : [id], options.include).filter((one) => one === id);
      return used === undefined ? undefined : describe(id, known);
    },
  };
}
