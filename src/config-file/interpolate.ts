import { askIfMeant } from "./ask-if-meant.ts";
import type { Environment } from "./settings.ts";

/** Where the values of `${…}` are from. */
export interface InterpolationSources {
  readonly environment: Environment;
  /** The text of a secret's file, or why it can't be had: a sentence without a full stop. */
  readFile(path: string): { readonly text: string } | { readonly problem: string };
}

/** A text whose `${…}` have become values. */
export interface Interpolated {
  readonly text: string;
  /** What could not be had, in whole sentences. `text` means nothing then. */
  readonly problems: readonly string[];
  /** The variables that are named, whether set or not. */
  readonly variables: readonly string[];
}

const forms =
  "Write ${NAME}, ${NAME:-a default} or ${file:/path/of/a/secret}; $${ for the characters themselves.";

/**
 * Puts values in for `${NAME}`, `${NAME:-default}` and `${file:path}`; `$${` is the text `${`. An empty variable counts as
 * not set, as everywhere in the settings. Values are taken as they are: what looks like `${…}` in them stays.
 */
export function interpolate(text: string, sources: InterpolationSources): Interpolated {
  const problems: string[] = [];
  const variables: string[] = [];

  function valueOf(body: string): string {
    const [, name, fallback] = /^([A-Za-z_]\w*)(?::-([^]*))?$/.exec(body) ?? [];
    if (name !== undefined) {
      variables.push(name);
      const value = sources.environment[name];
      if (value !== undefined && value.trim() !== "") return value;
      if (fallback === undefined) problems.push(explainUnset(name, sources.environment));
      return fallback ?? "";
    }
    const path = /^file:(.+)$/.exec(body)?.[1];
    if (path === undefined) {
      // Not shown: somebody may have put the secret itself here.
      problems.push(`What stands in \${…} is neither a variable's name nor a file. ${forms}`);
      return "";
    }
    const read = sources.readFile(path);
    if ("text" in read) return read.text;
    problems.push(`${read.problem}.`);
    return "";
  }

  const whole = text.replace(/\$\$\{|\$\{([^{}]*)\}|\$\{/g, (match, body: string | undefined) => {
    if (match === "$${") return "${";
    if (body !== undefined) return valueOf(body);
    problems.push(`A \${ has no } that closes it, or another one within it. ${forms}`);
    return "";
  });
  return { text: whole, problems, variables };
}

function explainUnset(name: string, environment: InterpolationSources["environment"]): string {
  const set = Object.keys(environment).filter((other) => (environment[other] ?? "").trim() !== "");
  return `The variable ${name} is not set.${askIfMeant(name, set)} Set it, or give a default: \${${name}:-…}.`;
}
