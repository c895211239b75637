import { ownerOf, findModelBar, type Caller } from "../../access/caller.ts";
import { toGatewayError } from "../../errors.ts";
import type { ListedModel } from "../../model/leg.ts";
import { readVersion } from "../../version.ts";
import { describeKey } from "../admin/keys.ts";
import type { ServerDependencies } from "../route-dependencies.ts";
import { createAllowanceWatch } from "./create-allowance-watch.ts";
import { encodeActivity } from "./encode-activity.ts";
import { encodeOpen, encodeStatusModel, encodeUpstream } from "./encode-status.ts";
import { createPaceReader } from "./read-pace.ts";
import { type SpanName, windowAt } from "./spans.ts";

/** What a status is asked for. */
export interface StatusQuestion {
  readonly caller: Caller;
  readonly span: SpanName;
  /** Where the caller reaches the gateway. */
  readonly baseUrl: string;
  readonly signal: AbortSignal;
}

/** What a status is made of. */
export type StatusSources = Pick<
  ServerDependencies,
  | "access"
  | "activity"
  | "allowances"
  | "chat"
  | "config"
  | "keptIn"
  | "keys"
  | "now"
  | "open"
  | "openElsewhere"
  | "totals"
  | "upstreamStatus"
>;

/** Creates what tells how the gateway is, and what it did: a key its own part of it alone. */
export function createStatus(sources: StatusSources) {
  const { access, activity, chat, config, keptIn, keys, now, open, totals } = sources;
  const allowances = createAllowanceWatch(sources.allowances);
  const readPace = createPaceReader(sources);
  const version = readVersion();
  const startedAt = totals.totals().since;

  async function listModels(caller: Caller, signal: AbortSignal): Promise<readonly ListedModel[]> {
    const listed = await chat.listModels(signal).catch((error: unknown) => {
      if (signal.aborted) throw error;
      return [];
    });
    return listed.filter((model) => findModelBar(caller, model) === undefined);
  }

  /** Other names of the models that the caller may ask. */
  async function listAliases(models: readonly ListedModel[], caller: Caller, signal: AbortSignal) {
    const aliases = await chat.listAliases(signal).catch((error: unknown) => {
      if (signal.aborted) throw error;
      return [];
    });
    if (ownerOf(caller) === undefined) return aliases;
    const shown = new Set(models.map(({ id }) => id));
    return aliases.filter(({ model }) => model !== undefined && shown.has(model));
  }

  /** What the ledger says; where it can't, why. */
  async function readActivity(span: SpanName, owner: string | undefined) {
    if (config.LEDGER_DAYS === 0) return { activity: null, activity_error: "LEDGER_DAYS is 0." };
    try {
      const read = await activity.read(span, windowAt(span, now()), owner);
      return { activity: { span, ...encodeActivity(read) }, activity_error: null };
    } catch (error) {
      return { activity: null, activity_error: toGatewayError(error).message };
    }
  }

  async function listOpen(owner: string | undefined) {
    const all = [...open.look(), ...(await sources.openElsewhere())];
    const seen = owner === undefined ? all : all.filter(({ key }) => key?.id === owner);
    return seen.toSorted((one, other) => other.ms - one.ms).map(encodeOpen);
  }

  return async ({ caller, span, baseUrl, signal }: StatusQuestion) => {
    const owner = ownerOf(caller);
    const [models, known, pace, happened, openNow, key] = await Promise.all([
      listModels(caller, signal),
      allowances(),
      readPace(),
      readActivity(span, owner),
      listOpen(owner),
      caller.kind === "key" ? describeKey(keys, caller) : null,
    ]);
    const aliases = await listAliases(models, caller, signal);
    const names = new Map(known.map((allowance) => [allowance.name, allowance]));
    return {
      object: "status",
      version,
      started_at: new Date(startedAt).toISOString(),
      base_url: baseUrl,
      kept_in: keptIn,
      open_to_all: access.isOpen,
      upstreams: sources
        .upstreamStatus()
        .map((upstream) => encodeUpstream(upstream, names.get(upstream.name), pace?.(upstream.name), now())),
      models: models.map(encodeStatusModel),
      aliases: aliases.map(({ from, model }) => ({ name: from, model: model ?? null })),
      open: openNow,
      ...happened,
      key,
    };
  };
}

/** How the gateway is, as it is sent. */
export type StatusObject = Awaited<ReturnType<ReturnType<typeof createStatus>>>;
