import { type LazyPage, lazyPage } from "../parts/lazy-page.tsx";
import { type PageName, pageOrder } from "./page-order.ts";

/** Those that there are. A further one is a line here. */
const pages: Partial<Record<PageName, LazyPage>> = {
  overview: lazyPage(async () => (await import("./overview/overview-page.tsx")).OverviewPage),
  requests: lazyPage(async () => (await import("./requests/requests-page.tsx")).RequestsPage),
  playground: lazyPage(async () => (await import("./playground/playground-page.tsx")).PlaygroundPage),
  keys: lazyPage(async () => (await import("./keys/keys-page.tsx")).KeysPage),
  connect: lazyPage(async () => (await import("./connect/connect-page.tsx")).ConnectPage),
};

/** The page of a name; `undefined`: there is none. */
export function findPage(name: string): LazyPage | undefined {
  const known = pageOrder.find((one) => one === name);
  return known === undefined ? undefined : pages[known];
}

/** The names of those that there are. */
export const pageNames: readonly PageName[] = pageOrder.filter((name) => pages[name] !== undefined);
