/** Makes one object of equal lists, so that what is made of a list can hang on it and is made once. */
export interface ListInterner {
  /**
   * A list that came before and is equal in every value and in the order of all keys; otherwise the list itself, which is remembered
   * unless it is very large. What is remembered is frozen to its last value: it belongs to several requests.
   */
  readonly intern: <List extends readonly unknown[]>(list: List) => List;
  /** Whether this very list is remembered. */
  readonly has: (list: readonly unknown[]) => boolean;
}

/** What is remembered, at most. */
export const internLimits = {
  lists: 16,
  /** UTF-16 units of the keys and texts of a list, and of all of them: texts are what takes memory. */
  text: 1_000_000,
  allText: 4_000_000,
  /** JSON values of a list. */
  values: 20_000,
  /** Lists and objects inside each other: comparing needs stack. */
  depth: 200,
  /** JSON values that are compared to find one list, in all: a millisecond or two. */
  steps: 60_000,
} as const;

interface Remembered {
  readonly list: readonly unknown[];
  readonly text: number;
}

/** Creates an interner that has seen no list. */
export function createListInterner(): ListInterner {
  /** The one that was asked for last is first. */
  let remembered: Remembered[] = [];

  function remember(list: readonly unknown[]): void {
    const text = measureText(list);
    if (text === undefined) return;
    freezeAll(list);
    let all = 0;
    remembered = [{ list, text }, ...remembered.slice(0, internLimits.lists - 1)].filter((one) => {
      all += one.text;
      return all <= internLimits.allText;
    });
  }

  return {
    intern(list) {
      if (list.length === 0) return list;
      const steps = { left: internLimits.steps };
      const found =
        remembered.find((one) => one.list === list) ??
        remembered.find((one) => areEqual(one.list, list, steps));
      if (found === undefined) {
        remember(list);
        return list;
      }
      if (found !== remembered[0]) remembered = [found, ...remembered.filter((one) => one !== found)];
      // Equal in every value, so of the same type.
      return found.list as typeof list;
    },
    has: (list) => remembered.some((one) => one.list === list),
  };
}

/** Whether two JSON values can't be told apart, not even by the order of their keys. Says no when it may look no further. */
function areEqual(one: unknown, other: unknown, steps: { left: number }): boolean {
  if (one === other) return one !== 0 || Object.is(one, other);
  if (!isContainer(one) || !isContainer(other)) return false;
  if (Array.isArray(one)) return Array.isArray(other) && areAllEqual(one, other, steps);
  if (Array.isArray(other)) return false;
  const keys = Object.keys(one);
  if (!areAllEqual(keys, Object.keys(other), steps)) return false;
  for (const key of keys) if (!areEqual(one[key], other[key], steps)) return false;
  return true;
}

function areAllEqual(ones: readonly unknown[], others: readonly unknown[], steps: { left: number }): boolean {
  steps.left -= ones.length;
  if (ones.length !== others.length || steps.left < 0) return false;
  for (let at = 0; at < ones.length; at += 1) if (!areEqual(ones[at], others[at], steps)) return false;
  return true;
}

type Container = Readonly<Record<string, unknown>>;

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}

/** UTF-16 units of all keys and texts; `undefined` for a list that is too large to be remembered. Needs no stack. */
function measureText(list: readonly unknown[]): number | undefined {
  let text = 0;
  let values = 0;
  let level: Container[] = isContainer(list) ? [list] : [];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > internLimits.depth) return undefined;
    const inner: Container[] = [];
    for (const container of level) {
      const isList = Array.isArray(container);
      for (const key of Object.keys(container)) {
        const value = container[key];
        values += 1;
        if (!isList) text += key.length;
        if (typeof value === "string") text += value.length;
        else if (isContainer(value)) inner.push(value);
      }
      if (values > internLimits.values || text > internLimits.text) return undefined;
    }
    level = inner;
  }
  return text;
}

/** Freezes a value that was measured, and all in it. */
function freezeAll(value: object): void {
  Object.freeze(value);
  for (const inner of Object.values(value)) if (isContainer(inner)) freezeAll(inner);
}
