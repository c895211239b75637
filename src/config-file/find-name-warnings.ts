import type { GatewayConfiguration } from "./configuration.ts";
import { isSameName, judgeModelName } from "./judge-model-name.ts";
import type { Mistake } from "./mistake.ts";
import type { ConfigurationSettings } from "./settings.ts";

/**
 * What is odd in the settings that name models, `MODEL_ALIASES` and `DEFAULT_MODEL`, beside this configuration, of which the
 * former is a part.
 */
export function findNameWarnings(
  { file, upstreams, models, aliases }: GatewayConfiguration,
  { MODEL_ALIASES, DEFAULT_MODEL }: Pick<ConfigurationSettings, "MODEL_ALIASES" | "DEFAULT_MODEL">,
): readonly Mistake[] {
  const own = models.map(({ name }) => name);
  const names = { upstreams: upstreams.map(({ name }) => name), own, aliases: [] };
  const warnings: Mistake[] = [];
  const warn = (variable: string, message: string) => void warnings.push({ place: { variable }, message });

  for (const alias of MODEL_ALIASES) {
    if (own.some((name) => isSameName(name, alias.from))) {
      warn("MODEL_ALIASES", `\`${alias.from}\` is not used: it is a name of \`models\` in ${file}.`);
      continue;
    }
    if (!aliases.includes(alias)) {
      warn("MODEL_ALIASES", `\`${alias.from}\` is not used: ${file} has an alias of that name.`);
      continue;
    }
    const found = judgeModelName(alias.to, names);
    if (found !== undefined) warn("MODEL_ALIASES", "problem" in found ? found.problem : found.doubt);
  }
  if (DEFAULT_MODEL === undefined || aliases.some(({ from }) => isSameName(from, DEFAULT_MODEL)))
    return warnings;
  const found = judgeModelName(DEFAULT_MODEL, names);
  if (found !== undefined) warn("DEFAULT_MODEL", "problem" in found ? found.problem : found.doubt);
  return warnings;
}
