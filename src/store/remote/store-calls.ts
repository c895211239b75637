import type { Stores } from "../stores.ts";

type Arguments<Method extends (...of: never) => unknown> = Parameters<Method>;

/** What one process can ask of the stores of another, by name. All that goes in and out is plain data. */
export const storeCalls = {
  "responses.get": ({ responses }: Stores, ...of: Arguments<Stores["responses"]["get"]>) =>
    responses.get(...of),
  "responses.put": ({ responses }: Stores, ...of: Arguments<Stores["responses"]["put"]>) =>
    responses.put(...of),
  "responses.delete": ({ responses }: Stores, ...of: Arguments<Stores["responses"]["delete"]>) =>
    responses.delete(...of),
  "keys.find": ({ keys }: Stores, ...of: Arguments<Stores["keys"]["find"]>) => keys.find(...of),
  "keys.get": ({ keys }: Stores, ...of: Arguments<Stores["keys"]["get"]>) => keys.get(...of),
  "keys.list": ({ keys }: Stores) => keys.list(),
  "keys.create": ({ keys }: Stores, ...of: Arguments<Stores["keys"]["create"]>) => keys.create(...of),
  "keys.change": ({ keys }: Stores, ...of: Arguments<Stores["keys"]["change"]>) => keys.change(...of),
  "limits.reserve": ({ limits }: Stores, ...of: Arguments<Stores["limits"]["reserve"]>) =>
    limits.reserve(...of),
  "limits.look": ({ limits }: Stores, ...of: Arguments<Stores["limits"]["look"]>) => limits.look(...of),
  "limits.flush": ({ limits }: Stores) => limits.flush(),
  "ledger.list": ({ ledger }: Stores, ...of: Arguments<Stores["ledger"]["list"]>) => ledger.list(...of),
  "ledger.sum": ({ ledger }: Stores, ...of: Arguments<Stores["ledger"]["sum"]>) => ledger.sum(...of),
  "ledger.flush": ({ ledger }: Stores) => ledger.flush(),
} as const;

type StoreCalls = typeof storeCalls;

/** The name of a call. */
export type CallName = keyof StoreCalls;

/** What goes with a call. */
export type CallArguments<Name extends CallName> =
  Parameters<StoreCalls[Name]> extends [Stores, ...infer Rest] ? Rest : never;

/** What a call resolves with. */
export type CallValue<Name extends CallName> = Awaited<ReturnType<StoreCalls[Name]>>;
