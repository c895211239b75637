import type { ComponentType } from "preact";

import { lazyPage } from "../parts/lazy-page.tsx";
import { KeysPage } from "./keys/keys-page.tsx";
import { OverviewPage } from "./overview/overview-page.tsx";
import { type PageName, pageOrder } from "./page-order.ts";

/** Those that there are. A further one is a line here. */
const pages: Partial<Record<PageName, ComponentType>> = {
  overview: OverviewPage,
  requests: lazyPage(async () => (await import("./requests/requests-page.tsx")).RequestsPage),
  playground: lazyPage(async () => (await import("./playground/playground-page.tsx")).PlaygroundPage),
  keys: KeysPage,
  connect: lazyPage(async () => (await import("./connect/connect-page.tsx")).ConnectPage),
};

/** The page of a name; `undefined`: there is none. */
export function findPage(name: string): ComponentType | undefined {
  const known = pageOrder.find((one) => one === name);
  return known === undefined ? undefined : pages[known];
}

/** The names of those that there are. */
export const pageNames: readonly PageName[] = pageOrder.filter((name) => pages[name] !== undefined);
