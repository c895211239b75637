import type { Config } from "../../config.ts";
import { createPaint, hasColours } from "../../pretty/create-paint.ts";
import { toOneLine } from "../../pretty/entry.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { AdminRefusal, openAdminApi, type AdminApi } from "./ask-admin.ts";
import { describeKey, describeKeys, findEnded, type KeyStyle } from "./describe-keys.ts";
import { findKey } from "./find-key.ts";
import { type KeyFlags, tellByFlags, toKeyBody } from "./key-flags.ts";
import {
  createdKey,
  keyList,
  keyObject,
  type KeyObject,
  type LimitObject,
  type MaybeShownKey,
  shownKey,
} from "./key-object.ts";

/** Options of all commands of keys. */
export interface KeysOptions {
  /** Where the gateway is; default: as the configuration says. */
  readonly url?: string;
  readonly json?: boolean;
}

/** Each table shows how so many budgets stand, since the gateway is asked for each. */
const shownBudgets = 20;

/** Makes a key. Its secret, and nothing else, goes to standard output: `KEY=$(akashchat-api keys create --name ci)`. */
export async function createKey(
  config: Config,
  flags: KeyFlags & KeysOptions,
  terminal: Terminal,
): Promise<void> {
  const api = openAdminApi(config, flags.url, terminal);
  const body = toKeyBody(await withIds(api, flags));
  const made = await byFlags(api.ask({ method: "POST", path: "/keys", body }, createdKey));
  const { key: secret, ...rest } = made;
  if (flags.json === true) {
    writeJson(made, terminal);
    return;
  }
  const shown = await withLimits(api, rest, terminal);
  terminal.errors.write(
    `${describeKey(shown, styleOf(terminal.errors, terminal))}\nThe secret, shown now and never again:\n`,
  );
  terminal.output.write(`${secret}\n`);
}

/** Lists keys; with `all` those, too, that have ended. */
export async function listKeys(
  config: Config,
  options: KeysOptions & { readonly all?: boolean },
  terminal: Terminal,
): Promise<void> {
  const api = openAdminApi(config, options.url, terminal);
  const list = await api.ask({ method: "GET", path: "/keys" }, keyList);
  const { data } = list;
  const ended = findEnded(data, Date.now());
  const shown = options.all === true ? data : data.filter(({ id }) => !ended.has(id));
  if (options.json === true) {
    writeJson({ ...list, data: shown }, terminal);
    return;
  }
  const left = data.length - shown.length;
  if (shown.length > 0) {
    const budgets = await lookAtBudgets(api, shown, terminal);
    terminal.output.write(describeKeys(shown, { budgets, style: styleOf(terminal.output, terminal) }));
  } else {
    terminal.errors.write("There is no key. keys create --name <name> makes one.\n");
  }
  if (left > 0)
    terminal.errors.write(
      `${left === 1 ? "1 more has" : `${left} more have`} ended: --all shows ${left === 1 ? "it" : "them"}.\n`,
    );
}

/** Shows a key, and how its limits stand. */
export async function showKey(
  config: Config,
  named: string,
  options: KeysOptions,
  terminal: Terminal,
): Promise<void> {
  writeKey(await findKey(openAdminApi(config, options.url, terminal), named), options, terminal);
}

function writeKey(key: MaybeShownKey, options: KeysOptions, terminal: Terminal): void {
  if (options.json === true) writeJson(key, terminal);
  else terminal.output.write(describeKey(key, styleOf(terminal.output, terminal)));
}

/** Changes what the flags say of a key. */
export async function changeKey(
  config: Config,
  named: string,
  flags: KeyFlags & KeysOptions,
  terminal: Terminal,
): Promise<void> {
  const api = openAdminApi(config, flags.url, terminal);
  const present = await findKey(api, named);
  const body = toKeyBody(await withIds(api, flags), present);
  const path = `/keys/${present.id}`;
  if (Object.keys(body).length === 0) {
    terminal.errors.write("Nothing was said to change. keys change --help shows what can be.\n");
    writeKey(present, flags, terminal);
    return;
  }
  const changed = await byFlags(api.ask({ method: "PATCH", path, body }, keyObject));
  writeKey(await withLimits(api, changed, terminal), flags, terminal);
}

/** Revokes a key, and with it all that descend from it. */
export async function revokeKey(
  config: Config,
  named: string,
  options: KeysOptions,
  terminal: Terminal,
): Promise<void> {
  const api = openAdminApi(config, options.url, terminal);
  const { id } = await findKey(api, named);
  const revoked = await api.ask({ method: "DELETE", path: `/keys/${id}` }, keyObject);
  if (options.json === true) writeJson(revoked, terminal);
  else {
    terminal.output.write(
      `${toOneLine(revoked.name)} (${id}) is revoked since ${revoked.revoked_at ?? "now"}, with all keys that descend from it.\n`,
    );
  }
}

/** The flags with ids in the place of names. */
async function withIds(api: AdminApi, flags: KeyFlags): Promise<KeyFlags> {
  const { parent, shareBudget } = flags;
  return {
    ...flags,
    ...(parent === undefined ? {} : { parent: (await findKey(api, parent)).id }),
    ...(shareBudget === undefined ? {} : { shareBudget: await findBudget(api, shareBudget) }),
  };
}

async function findBudget(api: AdminApi, named: string): Promise<string> {
  if (/^bud_\w+$/.test(named)) return named;
  const { budget, name } = await findKey(api, named);
  if (budget !== null) return budget.id;
  throw new UsageError(`--share-budget: the key "${toOneLine(name)}" has no budget.`);
}

/** With how its limits stand; without where that is not known: what was made or changed is so all the same. */
async function withLimits(api: AdminApi, key: KeyObject, terminal: Terminal): Promise<MaybeShownKey> {
  const asked = api.ask({ method: "GET", path: `/keys/${key.id}` }, shownKey);
  return (await unlessUnknown(asked, terminal)) ?? key;
}

/** `undefined`, told on standard error, where the gateway can't say how limits stand. */
async function unlessUnknown<T>(limits: Promise<T>, terminal: Terminal): Promise<T | undefined> {
  try {
    return await limits;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.errors.write(`How limits stand is not known now. ${error.message}\n`);
    return undefined;
  }
}

/** How the budgets of keys stand, each asked for once; none where that is not known. */
async function lookAtBudgets(
  api: AdminApi,
  keys: readonly KeyObject[],
  terminal: Terminal,
): Promise<ReadonlyMap<string, LimitObject>> {
  const holders = new Map(keys.flatMap((key) => (key.budget === null ? [] : [[key.budget.id, key.id]])));
  const asked = Promise.all(
    [...holders].slice(0, shownBudgets).map(async ([budget, id]) => {
      const { limits } = await api.ask({ method: "GET", path: `/keys/${id}` }, shownKey);
      return limits.flatMap((limit) => (limit.id.startsWith(`${budget}.`) ? [[budget, limit] as const] : []));
    }),
  );
  const looked = await unlessUnknown(asked, terminal);
  return new Map(looked?.flat());
}

/** Tells what the API refuses in the words of the command line. */
async function byFlags<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof AdminRefusal)) throw error;
    throw new AdminRefusal(tellByFlags(error.message, error.param), error.status, error.param);
  }
}

function styleOf(
  { isTTY = false }: { readonly isTTY?: boolean },
  { environment }: Pick<Terminal, "environment">,
): KeyStyle {
  return { now: Date.now(), paint: createPaint(hasColours(isTTY, environment)), bar: isTTY };
}

function writeJson(value: unknown, terminal: Terminal): void {
  terminal.output.write(`${JSON.stringify(value, undefined, 2)}\n`);
}
