import type { AccessKey } from "../../src/access/access-key.ts";
import type { Caller } from "../../src/access/caller.ts";
import type { OfferedModel } from "../../src/model/call-gate.ts";
import type { Price } from "../../src/model/model-info.ts";

/** A key with what is said of it. */
export function aKey(fields: Partial<AccessKey> = {}): AccessKey {
  return { id: "key_a", name: "a", hint: "last", createdAt: 0, ...fields };
}

/** Who asks by the first of these keys, each the child of the next. */
export function callerOf(...[key = aKey(), ...ancestors]: readonly AccessKey[]): Caller & { kind: "key" } {
  return { kind: "key", key, ancestors };
}

/** A model, at these upstreams; each says its price or has none. */
export function aModel(
  id: string,
  upstreams: Readonly<Record<string, Price | undefined>> = { web: undefined },
  more: Partial<OfferedModel> = {},
): OfferedModel {
  const legs = Object.entries(upstreams).map(([upstream, price]) => ({
    upstream,
    model: { id, kind: "chat" as const, ...(price === undefined ? {} : { price }) },
  }));
  return { id, legs, ...more };
}
