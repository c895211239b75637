import { signal } from "@preact/signals";

/** Where one is: `#/keys?selected=…` */
export interface Route {
  readonly page: string;
  readonly query: URLSearchParams;
}

/** Reads the part of the address behind `#`. It never reaches a server or a proxy, so the console works behind any path. */
function readRoute(): Route {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
  return { page: path === "" ? "overview" : path, query: new URLSearchParams(query) };
}

/** Where one is. */
export const route = signal(readRoute());
addEventListener("hashchange", () => {
  route.value = readRoute();
});

/** The address of a page, for links. */
export function linkTo(page: string, query: Readonly<Record<string, string>> = {}): string {
  const text = new URLSearchParams(query).toString();
  return `#/${page}${text === "" ? "" : `?${text}`}`;
}

/** Goes to a page. */
export function goTo(page: string, query: Readonly<Record<string, string>> = {}): void {
  location.hash = linkTo(page, query);
}
