import { signal } from "@preact/signals";

import { isToken } from "../domain/is-token.ts";
import { inBrowser, inTab } from "./kept-texts.ts";

const name = "akashchat-api.token";

const kept = inBrowser.read(name) ?? inTab.read(name) ?? "";

/** The token that goes with each request; empty: none. */
export const token = signal(isToken(kept) ? kept : "");

/** Takes a token for this tab, or for this browser. */
export function keepToken(value: string, remember: boolean): void {
  const [keeper, other] = remember ? [inBrowser, inTab] : [inTab, inBrowser];
  other.forget(name);
  keeper.keep(name, value);
  token.value = value;
}

/** Gives the token up, wherever it was kept. */
export function forgetToken(): void {
  inBrowser.forget(name);
  inTab.forget(name);
  token.value = "";
}

/** Has `forget` called each time that the token is another: what was read for one is not for the next. */
export function onOtherToken(forget: () => void): void {
  let known = token.peek();
  token.subscribe((value) => {
    if (value === known) return;
    known = value;
    forget();
  });
}

/** Has `act` called when another tab gives up the token that this one has, too. */
export function onForgottenElsewhere(act: () => void): void {
  addEventListener("storage", ({ key, oldValue, newValue }) => {
    if (key === name && newValue === null && oldValue === token.peek()) act();
  });
}
