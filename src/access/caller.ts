import { GatewayError, shorten } from "../errors.ts";
import type { AccessKey, KeyLineage } from "./access-key.ts";
import { matchGlob } from "../model/match-glob.ts";
import { legKey } from "../model/leg.ts";
import type { OfferedModel } from "../model/call-gate.ts";

/** Who asks: the operator, by `BEARER_TOKEN`; anybody, where neither that nor any key is set; or the holder of a key. */
export type Caller =
  | { readonly kind: "operator" }
  | { readonly kind: "anybody" }
  | ({ readonly kind: "key" } & KeyLineage);

/** Who asks where nobody has to say it. */
export const anybody: Caller = { kind: "anybody" };

/** All keys that bind a caller, its own first. */
export function keysOf(caller: Caller): readonly AccessKey[] {
  return caller.kind === "key" ? [caller.key, ...caller.ancestors] : [];
}

/** Whose stored responses a caller sees, and under which name they are kept: a key's own; of the rest, all. */
export function ownerOf(caller: Caller): string | undefined {
  return caller.kind === "key" ? caller.key.id : undefined;
}

/** Why a key is good for nothing at `now` (ms since the epoch): it, or one that it descends from, is no more. */
export function findEnd(
  { key, ancestors }: KeyLineage,
  now: number,
): { readonly ended: "revoked" | "expired"; readonly key: AccessKey } | undefined {
  for (const one of [key, ...ancestors]) {
    if (one.revokedAt !== undefined) return { ended: "revoked", key: one };
    if (one.expiresAt !== undefined && one.expiresAt <= now) return { ended: "expired", key: one };
  }
  return undefined;
}

/** Throws kind `forbidden` for a dialect that a caller may not use. */
export function checkDialect(caller: Caller, dialect: string | undefined): void {
  if (dialect === undefined) return;
  const bar = keysOf(caller).find(({ dialects }) => dialects?.every((one) => one !== dialect) === true);
  if (bar === undefined) return;
  throw new GatewayError("forbidden", `This key may not use this API. It may use: ${listed(bar.dialects)}.`, {
    shouldRetry: false,
  });
}

/** Throws kind `forbidden` for a model that a caller may not use. */
export function checkModel(caller: Caller, model: OfferedModel): void {
  const bar = findModelBar(caller, model);
  if (bar === undefined) return;
  throw new GatewayError(
    "forbidden",
    `This key may not use the model \`${shorten(model.id)}\`. It may use: ${listed(bar.models)}.`,
    { param: "model", shouldRetry: false },
  );
}

function listed(names: readonly string[] = []): string {
  return names.length === 0 ? "none" : names.join(", ");
}

/**
 * The key that keeps a caller from a model. Patterns name what clients see: a model's id in the list, or a name of the operator's own. Those of
 * upstreams count, too (`web/*`), where all that may answer is in them.
 */
export function findModelBar(caller: Caller, model: OfferedModel): AccessKey | undefined {
  return keysOf(caller).find(({ models }) => models !== undefined && !isAmong(model, models));
}

function isAmong({ id, aliasOf = id, legs }: OfferedModel, patterns: readonly string[]): boolean {
  const matches = (name: string) => patterns.some((pattern) => matchGlob(pattern, name));
  return matches(aliasOf) || (legs.length > 0 && legs.every((leg) => matches(legKey(leg))));
}
