import type { ResponseStore } from "./response-store.ts";

/** The responses of one owner, in a store that has those of others, too: what is not its own, is not there. */
export function ownResponses(store: ResponseStore, owner: string): ResponseStore {
  async function get(id: string) {
    const stored = await store.get(id);
    return stored?.owner === owner ? stored : undefined;
  }

  return {
    get problem() {
      return store.problem;
    },
    get,
    put: (stored) => store.put({ ...stored, owner }),
    async delete(id) {
      return (await get(id)) === undefined ? false : store.delete(id);
    },
    close: () => store.close(),
  };
}
