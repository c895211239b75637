/** Texts that the browser keeps by their names. */
export interface KeptTexts {
  /** `undefined`: nothing is kept. */
  read(name: string): string | undefined;
  keep(name: string, text: string): void;
  forget(name: string): void;
}

/** What a storage of the browser has to do. */
type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/**
 * Keeps texts in a storage of the browser. It may refuse: it is full, or the reader allows no page to keep anything, and then not even to look
 * whether there is a storage. What is refused is kept as long as the page is open, so nothing but that is lost.
 */
export function createKeptTexts(open: () => Store): KeptTexts {
  const refused = new Map<string, string>();
  function attempt<Result>(act: (storage: Store) => Result): { readonly result: Result } | undefined {
    try {
      return { result: act(open()) };
    } catch {
      return undefined;
    }
  }
  return {
    read: (name) => refused.get(name) ?? attempt((storage) => storage.getItem(name))?.result ?? undefined,
    keep(name, text) {
      const isKept = attempt((storage) => storage.setItem(name, text)) !== undefined;
      if (isKept) refused.delete(name);
      else refused.set(name, text);
    },
    forget(name) {
      refused.delete(name);
      attempt((storage) => storage.removeItem(name));
    },
  };
}

/** Until somebody clears it. */
export const inBrowser = createKeptTexts(() => localStorage);
/** As long as the tab is open. */
export const inTab = createKeptTexts(() => sessionStorage);
