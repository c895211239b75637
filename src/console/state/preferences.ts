import { effect, signal, type Signal } from "@preact/signals";

import { inBrowser } from "./kept-texts.ts";

/** A choice that the browser remembers; what is kept and is none of the choices is as if nothing were. */
function createChoice<Choice extends string>(
  name: string,
  choices: readonly Choice[],
  usual: Choice,
): Signal<Choice> {
  const kept = inBrowser.read(`akashchat-api.${name}`);
  const choice = signal(choices.find((one) => one === kept) ?? usual);
  effect(() => inBrowser.keep(`akashchat-api.${name}`, choice.value));
  return choice;
}

/** English or Chinese: as the browser wants it until it is switched. */
export const language = createChoice<"en" | "zh">(
  "language",
  ["en", "zh"],
  navigator.language.startsWith("zh") ? "zh" : "en",
);

/** `system`: as the system has it, until it is switched. */
export const theme = createChoice<"system" | "light" | "dark">(
  "theme",
  ["system", "light", "dark"],
  "system",
);

const nextTheme = { system: "light", light: "dark", dark: "system" } as const;

/** From the system's to light, to dark, and back. */
export function switchTheme(): void {
  theme.value = nextTheme[theme.value];
}

/** Whether single keys do something. */
export const shortcuts = createChoice<"on" | "off">("shortcuts", ["on", "off"], "on");

const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
const systemDark = signal(systemIsDark.matches);
systemIsDark.addEventListener("change", () => {
  systemDark.value = systemIsDark.matches;
});

/** What is shown now. */
export function isDark(): boolean {
  return theme.value === "system" ? systemDark.value : theme.value === "dark";
}

effect(() => {
  document.documentElement.dataset["theme"] = isDark() ? "dark" : "light";
});
effect(() => {
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
});
