import { ownerOf, findModelBar, type Caller } from "../../access/caller.ts";
import { toGatewayError } from "../../errors.ts";
import type { ListedModel } from "../../model/leg.ts";
import { readVersion } from "../../version.ts";
import { describeKey } from "../admin/keys.ts";
import type { ServerDependencies } from "../route-dependencies.ts";
import { createAllowanceWatch } from "./create-allowance-watch.ts";
import { encodeActivity } from "./encode-activity.ts";
import { encodeOpen, encodeStatusModel, encodeUpstream } from "./encode-status.ts";
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

/** A forecast wants to have seen so much. */
export const paceMs = 1_800_000;

/** Creates what tells how the gateway is, and what it did: a key its own part of it alone. */
export function createStatus(sources: StatusSources) {
  const { access, activity, chat, config, keptIn, keys, now, open, totals } = sources;
  const allowances = createAllowanceWatch(sources.allowances);
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

  /** Tokens by upstream in the last half hour, that is, in its slots; nothing while there is less to go by, or nothing can be read. */
  async function readPace(): Promise<ReadonlyMap<string, number> | undefined> {
    if (config.LEDGER_DAYS === 0 || now() - startedAt < paceMs) return undefined;
    const { to } = windowAt("1h", now());
    const window = { from: to - paceMs, to, stepMs: paceMs };
    const read = await activity.read("pace", window, undefined).catch(() => undefined);
    const used = read?.activity.upstreams.map(
      ({ of, inputTokens, outputTokens }) => [of, inputTokens + outputTokens] as const,
    );
    return used && new Map(used);
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
        .map((upstream) =>
          encodeUpstream(
            upstream,
            names.get(upstream.name),
            pace === undefined ? undefined : (pace.get(upstream.name) ?? 0),
            now(),
          ),
        ),
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
