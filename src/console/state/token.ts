import { signal } from "@preact/signals";

const name = "akashchat-api.token";

/** The token that goes with each request; empty: none. */
export const token = signal(localStorage.getItem(name) ?? sessionStorage.getItem(name) ?? "");

/** Takes a token for this tab, or for this browser. */
export function keepToken(value: string, remember: boolean): void {
  forgetToken();
  (remember ? localStorage : sessionStorage).setItem(name, value);
  token.value = value;
}

/** Gives the token up, wherever it was kept. */
export function forgetToken(): void {
  localStorage.removeItem(name);
  sessionStorage.removeItem(name);
  token.value = "";
}
