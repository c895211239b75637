import type { AccessObject, KeyObject } from "../../api/types.ts";
import { toKeyRows } from "../../domain/keys.ts";
import type { SlotValue } from "../../domain/snippet.ts";

/** A key that a client may get. `id` is a key's own, or one of `none`, `own`, `made`, `paste`. */
export interface KeyChoice {
  readonly id: string;
  /** As the key is called; without: what it is follows from its `id`. */
  readonly name?: string;
  /** The key itself, where it is known; empty: there is none. */
  readonly secret?: string;
  /** `akc-…Vt4D`, where no more is known. */
  readonly hint?: string;
}

/** What there is to choose from. */
export interface KeySources {
  readonly access: AccessObject;
  /** The token that was given to the console. */
  readonly token: string;
  readonly keys: readonly KeyObject[];
  /** A key that was just made. */
  readonly made: { readonly name: string; readonly secret: string } | undefined;
  readonly pasted: string;
  readonly now: number;
}

const endOf = (secret: string): string => secret.slice(-4);

/** What a client may be given for a key, the likeliest first. The operator's ADMIN_TOKEN is no client's. */
export function listKeyChoices(sources: KeySources): readonly KeyChoice[] {
  const { access, token, keys, made, pasted, now } = sources;
  const known = toKeyRows(keys, now).map(({ key: { id, name, hint } }): KeyChoice => {
    const isMade = made !== undefined && made.name === name && hint.endsWith(endOf(made.secret));
    return isMade ? { id, name, secret: made.secret } : { id, name, hint };
  });
  const isKnown = known.some(({ secret }) => secret !== undefined);
  const own =
    token === "" || access.admin || access.caller === "anybody" || access.caller === null
      ? []
      : [{ id: "own", ...(access.key === null ? {} : { name: access.key.name }), secret: token }];
  return [
    ...(made === undefined || isKnown ? [] : [{ id: "made", ...made }]),
    ...known.toSorted((one, other) => Number(other.secret !== undefined) - Number(one.secret !== undefined)),
    ...own,
    ...(access.open ? [{ id: "none", secret: "" }] : []),
    { id: "paste", secret: pasted },
  ];
}

/** The one that is shown before anybody chose: one that was just made, none where none is wanted, our own, one that is called like the client. */
export function findUsual(choices: readonly KeyChoice[], client: string): KeyChoice | undefined {
  const isMade = ({ id, secret }: KeyChoice) =>
    secret !== undefined && !["none", "own", "paste"].includes(id);
  return (
    choices.find(isMade) ??
    choices.find(({ id }) => id === "none" || id === "own") ??
    choices.find(({ name }) => name === client) ??
    choices[0]
  );
}

/** What clients are given that don't start without a key, where the gateway wants none. */
const anyKey = "akashchat";

/** What stands in the settings: a key that is known is copied, and never seen. */
export function toKeyValue({ id, secret, hint = "akc-…" }: KeyChoice): SlotValue {
  if (id === "none") return { text: anyKey };
  if (secret === undefined) return { text: hint };
  if (secret === "") return { text: hint };
  return { text: secret, shown: secret.length < 20 ? "••••" : `${secret.slice(0, 4)}…${endOf(secret)}` };
}
