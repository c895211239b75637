import { Icon, type IconName } from "../parts/icon.tsx";
import { switchTheme, theme } from "../state/preferences.ts";
import { texts } from "../text/index.ts";

const icons = { system: "contrast", light: "sun", dark: "moon" } as const satisfies Record<string, IconName>;

/** Switches from the system's theme to light, to dark, and back. */
export function ThemeButton() {
  const name = texts.value.shell.theme[theme.value];
  return (
    <button type="button" class="tool" aria-label={name} title={name} onClick={switchTheme}>
      <Icon name={icons[theme.value]} />
    </button>
  );
}
