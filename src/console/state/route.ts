import { computed, signal } from "@preact/signals";

/** Where one is: `#/keys?selected=…` */
export interface Route {
  readonly page: string;
  readonly query: URLSearchParams;
}

/** The part of the address behind `#`. It never reaches a server or a proxy, so the console works behind any path. */
const hash = signal(location.hash);
addEventListener("hashchange", () => {
  hash.value = location.hash;
});

/** Where one is. */
export const route = computed<Route>(() => {
  const [path = "", query = ""] = hash.value.replace(/^#\/?/, "").split("?", 2);
  return { page: path === "" ? "overview" : path, query: new URLSearchParams(query) };
});

/** The address of a page, for links. */
export function linkTo(page: string, query: Readonly<Record<string, string>> = {}): string {
  const text = new URLSearchParams(query).toString();
  return `#/${page}${text === "" ? "" : `?${text}`}`;
}

/** Goes to a page, at once: the next key is for that page already, whenever the browser gets to telling that the address is another. */
export function goTo(page: string, query: Readonly<Record<string, string>> = {}): void {
  location.hash = linkTo(page, query);
  hash.value = location.hash;
}
