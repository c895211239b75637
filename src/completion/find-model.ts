import type { ModelInfo } from "../model/model-info.ts";

/**
 * The model that an id names: its own id, the same in another case, or the id that the upstream's back end has for it.
 * Where the list has nothing but ids of the back end, the usual ids lead to them, too: they are without all or a part
 * of the vendor in front. `DeepSeek-V3.2` is `deepseek-ai/DeepSeek-V3.2` there, `openai-gpt-oss-120b` is
 * `openai/gpt-oss-120b`, `Meta-Llama-3-3-70B-Instruct` is `meta-llama/Llama-3.3-70B-Instruct`. What fits several
 * models is none.
 */
export function findModel(models: readonly ModelInfo[], id: string): ModelInfo | undefined {
  const lower = id.toLowerCase();
  return (
    models.find((model) => model.id === id) ??
    models.find((model) => model.id.toLowerCase() === lower) ??
    findOnly(models, (model) => model.backEndId?.toLowerCase() === lower) ??
    findWithoutVendor(models, id)
  );
}

function findOnly(models: readonly ModelInfo[], fits: (model: ModelInfo) => boolean): ModelInfo | undefined {
  const [found, ...others] = models.filter(fits);
  return others.length === 0 ? found : undefined;
}

/** No id is longer. */
const longestId = 200;

function findWithoutVendor(models: readonly ModelInfo[], id: string): ModelInfo | undefined {
  if (id.length > longestId) return undefined;
  const wanted = simplify(id);
  return findOnly(models, (model) => model.raw === true && isWithoutVendor(wanted, model.id));
}

/** Whether `wanted` is the name behind the vendor of `full`, with nothing or the beginning of the vendor in front. */
function isWithoutVendor(wanted: string, full: string): boolean {
  const slash = full.indexOf("/");
  if (slash <= 0) return false;
  const name = simplify(full.slice(slash + 1));
  if (name === "" || !wanted.endsWith(name)) return false;
  const front = wanted.slice(0, wanted.length - name.length);
  return front === "" || (front.endsWith("-") && `${simplify(full.slice(0, slash))}-`.startsWith(front));
}

/** Without case, and all punctuation alike. */
function simplify(id: string): string {
  return id.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
}
