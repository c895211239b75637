import type { ModelAlias } from "../model/model-alias.ts";
import { GatewayError, rephrase, shorten } from "../errors.ts";
import { asksForAny } from "../model/any-model.ts";
import { fromClaudeCodeId } from "../model/claude-code-id.ts";
import type { RoutedModel } from "../model/leg.ts";
import { listOrNothing } from "./list-or-nothing.ts";
import { matchGlob } from "../model/match-glob.ts";
import type { Catalogue } from "../routing/router.ts";
import type { Router } from "../routing/router.ts";
import { suggestId } from "../suggest/suggest-id.ts";

/** What resolving needs. */
export interface ResolveOptions {
  readonly router: Pick<Router, "catalogue" | "refresh" | "listModels">;
  readonly aliases: readonly ModelAlias[];
  /** What `auto` means (`DEFAULT_MODEL`): an id or an alias. Default: the first chat model of the list. */
  readonly defaultModel?: string | undefined;
  /** Ids don't pass. Default: they do. */
  readonly onlyKnown?: boolean;
}

const mostShown = 30;
const longestName = 200;
const longestShown = 100;
const foreignIds = /^(?:claude|gpt-|chatgpt|o\d|gemini)/i;

/** What Ollama's clients put behind a name that has no tag of its own. */
const usualTag = /:latest$/i;

/** An id without the tag that Ollama's lists show, unless a model or an alias has it with the tag. */
async function withoutUsualTag(
  id: string,
  { router, aliases }: ResolveOptions,
  signal: AbortSignal,
): Promise<string> {
  const bare = id.replace(usualTag, "");
  if (bare === id || bare === "") return id;
  if (aliases.some((alias) => alias.from.toLowerCase() === id.toLowerCase())) return id;
  return (await router.catalogue(signal)).find(id) === undefined ? bare : id;
}

/**
 * Finds the model behind a client's id, which may be the one of Claude Code's list, or end with the tag `:latest` as in Ollama's: an alias of exactly that name, the
 * id itself or another spelling of it (`Catalogue.find`), then the first alias whose pattern fits (so `*=…` catches only what
 * the upstream does not have), then, for `auto`, `defaultModel` or the first chat model of the list. An id that is unknown
 * may be new: the upstream is asked for its list once more before it is refused, by kind `model-not-found` with the nearest
 * id. When the list can't be had, the id passes and the upstream will judge; `auto` that needs a list fails with it.
 */
export async function resolveModel(
  given: string,
  options: ResolveOptions,
  signal: AbortSignal,
): Promise<RoutedModel> {
  const id = await withoutUsualTag(fromClaudeCodeId(given), options, signal);
  const { defaultModel } = options;
  if (defaultModel === undefined || asksForAny(defaultModel)) return resolveId(id, options, signal);
  const target = options.aliases.find((alias) => alias.from.toLowerCase() === id.toLowerCase())?.to ?? id;
  // A pattern that leads to `auto` means it, and one that catches `auto` with all else doesn't.
  const pattern = options.aliases.find((alias) => alias.from.includes("*") && matchGlob(alias.from, target));
  if (!asksForAny(target) && !asksForAny(pattern?.to ?? target)) return resolveId(id, options, signal);
  // Whoever has an id keeps it, also against a pattern and the default.
  const own = (await options.router.catalogue(signal)).find(target);
  return own ?? (await resolveDefault(defaultModel, options, signal));
}

/** The configured default. What is wrong with it is told by the name of the setting. */
async function resolveDefault(
  defaultModel: string,
  options: ResolveOptions,
  signal: AbortSignal,
): Promise<RoutedModel> {
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

async function resolveId(id: string, options: ResolveOptions, signal: AbortSignal): Promise<RoutedModel> {
  const exact = options.aliases.find((alias) => alias.from.toLowerCase() === id.toLowerCase());
  const pattern =
    exact ?? options.aliases.find((alias) => alias.from.includes("*") && matchGlob(alias.from, id));
  const aliased = pattern?.to ?? id;
  // Any model is one of the list, so without a list there is none.
  const wantsAny = asksForAny(aliased);
  // The one that draws is known, also while a list hides it.
  const pass = (all: Catalogue) => {
    const passed = all.pass(aliased);
    return options.onlyKnown === true && passed?.kind !== "image" ? undefined : passed;
  };
  const find = (all: Catalogue) => all.find(exact?.to ?? id) ?? all.find(aliased);

  const catalogue = await options.router.catalogue(signal);
  const found = find(catalogue) ?? (wantsAny ? await findAny(options, signal) : undefined);
  if (found !== undefined) return found;
  if (wantsAny) {
    throw (
      catalogue.failure ??
      new GatewayError("upstream-unavailable", "No upstream of this gateway offers a chat model now.")
    );
  }
  const passed = pass(catalogue);
  if (passed !== undefined) return passed;

  const newest = await options.router.refresh(signal);
  const foundNow = find(newest) ?? pass(newest);
  if (foundNow !== undefined) return foundNow;
  throw notFound(id, aliased, newest.models.length === 0 ? catalogue : newest);
}

/** The first chat model that answers now, else the first. */
async function findAny({ router }: ResolveOptions, signal: AbortSignal): Promise<RoutedModel | undefined> {
  const chats = (await listOrNothing(router.listModels(signal), signal)).filter(
    ({ kind }) => kind === "chat",
  );
  return chats.find(({ answersNow }) => answersNow) ?? chats[0];
}

/** Nobody has it; where the list of an upstream is not known, it may be that one's. */
function notFound(given: string, aliased: string, catalogue: Catalogue): GatewayError {
  const { models, withoutList } = catalogue;
  const id = given.length > longestShown ? `${given.slice(0, longestShown)}…` : given;
  const ids = models.map((model) => model.id);
  const near = suggestId(aliased, ids);
  const name = id.length > longestName ? `${id.slice(0, longestName)}…` : id;
  const rest = ids.length > mostShown ? ", …" : "";
  const sentences = [
    catalogue.explain(aliased),
    aliased === given
      ? `The model \`${name}\` does not exist.`
      : `The model \`${name}\` is an alias of \`${aliased}\` (MODEL_ALIASES), which does not exist.`,
    near === undefined ? undefined : `Did you mean \`${near}\`?`,
    ...withoutList.map(
      ({ upstream, failure }) =>
        `The upstream \`${upstream}\` gives no list of its models now${failure === undefined ? "" : `: ${failure.message}`}`,
    ),
    ids.length === 0 ? undefined : `Available: ${ids.slice(0, mostShown).join(", ")}${rest}.`,
    aliased === given && foreignIds.test(id)
      ? `The gateway can map such names: MODEL_ALIASES=${name}=${near ?? ids[0] ?? "…"}.`
      : undefined,
  ];
  return new GatewayError("model-not-found", sentences.filter((text) => text !== undefined).join(" "), {
    param: "model",
    shouldRetry: false,
  });
}
