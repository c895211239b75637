import type { Config } from "../config.ts";
import { GatewayError, rephrase, shorten } from "../errors.ts";
import { defaultImageModel } from "../images/draw-image.ts";
import { asksForAny } from "../model/any-model.ts";
import { fromClaudeCodeId } from "../model/claude-code-id.ts";
import type { ModelInfo } from "../model/model-info.ts";
import type { Upstream } from "../upstreams/upstream.ts";
import { findModel } from "./find-model.ts";
import { listOrNothing } from "./list-or-nothing.ts";
import { matchGlob } from "./match-glob.ts";
import { suggestId } from "../suggest/suggest-id.ts";

/** What resolving needs. */
export interface ResolveOptions {
  readonly upstream: Pick<Upstream, "listModels" | "refreshModels">;
  readonly aliases: Config["MODEL_ALIASES"];
  /** What `auto` means (`DEFAULT_MODEL`): an id or an alias. Default: the first chat model of the list. */
  readonly defaultModel?: string | undefined;
}

const mostShown = 30;
const longestName = 200;
const longestShown = 100;
const foreignIds = /^(?:claude|gpt-|chatgpt|o\d|gemini)/i;

/**
 * Finds the model behind a client's id, which may be the one of Claude Code's list: an alias of exactly that name, the
 * id itself or another spelling of it (`findModel`), then the first alias whose pattern fits (so `*=…` catches only what
 * the upstream does not have), then, for `auto`, `defaultModel` or the first chat model of the list. An id that is unknown
 * may be new: the upstream is asked for its list once more before it is refused, by kind `model-not-found` with the nearest
 * id. When the list can't be had, the id passes and the upstream will judge; `auto` that needs a list fails with it.
 */
export async function resolveModel(
  given: string,
  options: ResolveOptions,
  signal: AbortSignal,
): Promise<ModelInfo> {
  const id = fromClaudeCodeId(given);
  const { defaultModel } = options;
  if (defaultModel === undefined || asksForAny(defaultModel)) return resolveId(id, options, signal);
  const target = options.aliases.find((alias) => alias.from.toLowerCase() === id.toLowerCase())?.to ?? id;
  // A pattern that leads to `auto` means it, and one that catches `auto` with all else doesn't.
  const pattern = options.aliases.find((alias) => alias.from.includes("*") && matchGlob(alias.from, target));
  if (!asksForAny(target) && !asksForAny(pattern?.to ?? target)) return resolveId(id, options, signal);
  // Whoever has an id keeps it, also against a pattern and the default.
  const own = findModel(await listOrNothing(options.upstream.listModels(signal), signal), target);
  return own ?? (await resolveDefault(defaultModel, options, signal));
}

/** The configured default. What is wrong with it is told by the name of the setting. */
async function resolveDefault(
  defaultModel: string,
  options: ResolveOptions,
  signal: AbortSignal,
): Promise<ModelInfo> {
  const model = await resolveId(defaultModel, options, signal).catch((error: unknown) => {
    if (!(error instanceof GatewayError) || error.kind !== "model-not-found") throw error;
    throw rephrase(error, `This gateway's DEFAULT_MODEL is wrong. ${error.message}`);
  });
  if (model.kind === "chat") return model;
  throw new GatewayError(
    "model-not-found",
    `This gateway's DEFAULT_MODEL is wrong: \`${shorten(defaultModel)}\` draws. Name a model that writes.`,
    { param: "model", shouldRetry: false },
  );
}

async function resolveId(id: string, options: ResolveOptions, signal: AbortSignal): Promise<ModelInfo> {
  const exact = options.aliases.find((alias) => alias.from.toLowerCase() === id.toLowerCase());
  const pattern =
    exact ?? options.aliases.find((alias) => alias.from.includes("*") && matchGlob(alias.from, id));
  const aliased = pattern?.to ?? id;
  // Any model is one of the list, so without a list there is none.
  const wantsAny = asksForAny(aliased);
  const find = (models: readonly ModelInfo[]) =>
    findModel(models, exact?.to ?? id) ??
    findModel(models, aliased) ??
    (wantsAny ? models.find(({ kind }) => kind === "chat") : undefined);

  const asking = options.upstream.listModels(signal);
  const models = await (wantsAny ? asking : listOrNothing(asking, signal));
  // A list without a chat model, which an upstream gives whose back end is away, says nothing of those either.
  if (!models.some(({ kind }) => kind === "chat")) {
    if (wantsAny) throw new GatewayError("upstream-unavailable", "Akash Chat offers no chat model now.");
    return find(models) ?? (isImageModel(aliased) ? imageModel : { id: aliased, kind: "chat" });
  }
  const found = find(models);
  if (found !== undefined) return found;

  const newest = await listOrNothing(options.upstream.refreshModels(signal), signal);
  const foundNow = find(newest);
  if (foundNow !== undefined) return foundNow;
  // The back end has no image model, so a list of nothing but its ids says nothing of it.
  if (isImageModel(aliased) && newest.some(({ raw }) => raw === true)) return imageModel;
  throw notFound(id, aliased, newest.length === 0 ? models : newest);
}

const imageModel: ModelInfo = { id: defaultImageModel, kind: "image" };

function isImageModel(id: string): boolean {
  return id.toLowerCase() === defaultImageModel.toLowerCase();
}

function notFound(given: string, aliased: string, models: readonly ModelInfo[]): GatewayError {
  const id = given.length > longestShown ? `${given.slice(0, longestShown)}…` : given;
  const ids = models.map((model) => model.id);
  const near = suggestId(aliased, ids);
  const name = id.length > longestName ? `${id.slice(0, longestName)}…` : id;
  const rest = ids.length > mostShown ? ", …" : "";
  const sentences = [
    aliased === given
      ? `The model \`${name}\` does not exist.`
      : `The model \`${name}\` is an alias of \`${aliased}\` (MODEL_ALIASES), which does not exist.`,
    near === undefined ? undefined : `Did you mean \`${near}\`?`,
    `Available: ${ids.slice(0, mostShown).join(", ")}${rest}.`,
    aliased === given && foreignIds.test(id)
      ? `The gateway can map such names: MODEL_ALIASES=${name}=${near ?? ids[0] ?? "…"}.`
      : undefined,
  ];
  return new GatewayError("model-not-found", sentences.filter((text) => text !== undefined).join(" "), {
    param: "model",
    shouldRetry: false,
  });
}
