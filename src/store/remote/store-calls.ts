import type { ConversationStore } from "../../responses/conversation-store.ts";
import type { RunStore } from "../../responses/run-store.ts";
import type { Stores } from "../stores.ts";

/** Only stores with them are asked for them. */
function runsOf({ runs }: Stores): RunStore {
  if (runs === undefined) throw new Error("These stores have no background responses to share.");
  return runs;
}

type Arguments<Method extends (...of: never) => unknown> = Parameters<Method>;

/** What one process can ask of the stores of another, by name. All that goes in and out is plain data. */
export const storeCalls = {
  "responses.get": ({ responses }: Stores, ...of: Arguments<Stores["responses"]["get"]>) =>
    responses.get(...of),
  "responses.put": ({ responses }: Stores, ...of: Arguments<Stores["responses"]["put"]>) =>
    responses.put(...of),
  "responses.delete": ({ responses }: Stores, ...of: Arguments<Stores["responses"]["delete"]>) =>
    responses.delete(...of),
  "conversations.create": ({ conversations }: Stores, ...of: Arguments<ConversationStore["create"]>) =>
    conversations.create(...of),
  "conversations.get": ({ conversations }: Stores, ...of: Arguments<ConversationStore["get"]>) =>
    conversations.get(...of),
  "conversations.read": ({ conversations }: Stores, ...of: Arguments<ConversationStore["read"]>) =>
    conversations.read(...of),
  "conversations.setMetadata": (
    { conversations }: Stores,
    ...of: Arguments<ConversationStore["setMetadata"]>
  ) => conversations.setMetadata(...of),
  "conversations.delete": ({ conversations }: Stores, ...of: Arguments<ConversationStore["delete"]>) =>
    conversations.delete(...of),
  "conversations.add": ({ conversations }: Stores, ...of: Arguments<ConversationStore["add"]>) =>
    conversations.add(...of),
  "conversations.remove": ({ conversations }: Stores, ...of: Arguments<ConversationStore["remove"]>) =>
    conversations.remove(...of),
  "conversations.lock": ({ conversations }: Stores, ...of: Arguments<ConversationStore["lock"]>) =>
    conversations.lock(...of),
  "conversations.unlock": ({ conversations }: Stores, ...of: Arguments<ConversationStore["unlock"]>) =>
    conversations.unlock(...of),
  "keys.find": ({ keys }: Stores, ...of: Arguments<Stores["keys"]["find"]>) => keys.find(...of),
  "keys.get": ({ keys }: Stores, ...of: Arguments<Stores["keys"]["get"]>) => keys.get(...of),
  "keys.list": ({ keys }: Stores) => keys.list(),
  "keys.create": ({ keys }: Stores, ...of: Arguments<Stores["keys"]["create"]>) => keys.create(...of),
  "keys.change": ({ keys }: Stores, ...of: Arguments<Stores["keys"]["change"]>) => keys.change(...of),
  "keys.prune": ({ keys }: Stores, ...of: Arguments<Stores["keys"]["prune"]>) => keys.prune(...of),
  "limits.reserve": ({ limits }: Stores, ...of: Arguments<Stores["limits"]["reserve"]>) =>
    limits.reserve(...of),
  "limits.look": ({ limits }: Stores, ...of: Arguments<Stores["limits"]["look"]>) => limits.look(...of),
  "limits.forget": ({ limits }: Stores, ...of: Arguments<Stores["limits"]["forget"]>) => limits.forget(...of),
  "limits.flush": ({ limits }: Stores) => limits.flush(),
  "ledger.list": ({ ledger }: Stores, ...of: Arguments<Stores["ledger"]["list"]>) => ledger.list(...of),
  "ledger.sum": ({ ledger }: Stores, ...of: Arguments<Stores["ledger"]["sum"]>) => ledger.sum(...of),
  "ledger.activity": ({ ledger }: Stores, ...of: Arguments<Stores["ledger"]["activity"]>) =>
    ledger.activity(...of),
  "ledger.flush": ({ ledger }: Stores) => ledger.flush(),
  "traces.get": ({ traces }: Stores, ...of: Arguments<Stores["traces"]["get"]>) => traces.get(...of),
  "traces.list": ({ traces }: Stores, ...of: Arguments<Stores["traces"]["list"]>) => traces.list(...of),
  "runs.begin": (stores: Stores, ...of: Arguments<RunStore["begin"]>) => runsOf(stores).begin(...of),
  "runs.append": (stores: Stores, ...of: Arguments<RunStore["append"]>) => runsOf(stores).append(...of),
  "runs.read": (stores: Stores, ...of: Arguments<RunStore["read"]>) => runsOf(stores).read(...of),
  "runs.wish": (stores: Stores, ...of: Arguments<RunStore["wish"]>) => runsOf(stores).wish(...of),
  "runs.reap": (stores: Stores, ...of: Arguments<RunStore["reap"]>) => runsOf(stores).reap(...of),
  "runs.settle": (stores: Stores, ...of: Arguments<RunStore["settle"]>) => runsOf(stores).settle(...of),
  "runs.forget": (stores: Stores, ...of: Arguments<RunStore["forget"]>) => runsOf(stores).forget(...of),
  "runs.leave": (stores: Stores, ...of: Arguments<RunStore["leave"]>) => runsOf(stores).leave(...of),
} as const;

type StoreCalls = typeof storeCalls;

/** The name of a call. */
export type CallName = keyof StoreCalls;

/** What goes with a call. */
export type CallArguments<Name extends CallName> =
  Parameters<StoreCalls[Name]> extends [Stores, ...infer Rest] ? Rest : never;

/** What a call resolves with. */
export type CallValue<Name extends CallName> = Awaited<ReturnType<StoreCalls[Name]>>;
