/** A promise and what fulfils it. */
export function createSignal(): { readonly promise: Promise<void>; readonly fire: () => void } {
  const resolvers: (() => void)[] = [];
  const promise = new Promise<void>((resolve) => {
    resolvers.push(resolve);
  });
  return {
    promise,
    fire() {
      for (const resolve of resolvers) resolve();
    },
  };
}
