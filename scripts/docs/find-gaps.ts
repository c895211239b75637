import type { Facts } from "./facts.ts";
import { commandsIn, isRoute, pathsIn, scriptsIn } from "./find-inventions.ts";
import { readLines, type Mistake, type Page } from "./page.ts";

/** npm runs it by itself. */
const ownScripts = new Set(["prepare"]);

const gap = (name: string, problem: string): Mistake => ({
  name,
  line: 1,
  problem: `no page names ${problem}`,
});

/** What the project has and no page names: commands, settings, routes, npm scripts. */
export function findGaps(pages: readonly Page[], facts: Facts): readonly Mistake[] {
  const manual = pages.filter(({ name }) => name.endsWith(".md") && name !== "CHANGELOG.md");
  const lines = manual.flatMap(readLines);
  const code = lines.flatMap((line) => line.code);
  const scripts = new Set(code.flatMap(scriptsIn));
  const commands = new Set(
    code.flatMap(commandsIn).flatMap(({ name, rest }) => [name, `${name} ${rest.trim().split(/\s/)[0]}`]),
  );
  const paths = lines.flatMap(({ text }) => pathsIn(text)).map(({ path }) => path);
  const settings = new Set(code.flatMap((part) => part.match(/\b[A-Z][A-Z0-9_]+\b/g) ?? []));
  return [
    ...[...facts.scripts]
      .filter((name) => !scripts.has(name) && !ownScripts.has(name))
      .map((name) => gap("package.json", `npm run ${name}`)),
    ...[...facts.commands]
      .filter((name) => !commands.has(name) && !facts.hiddenCommands.has(name))
      .map((name) => gap("src/cli/run-cli.ts", `akashchat-api ${name}`)),
    ...[...facts.settings]
      .filter((name) => !settings.has(name))
      .map((name) => gap("src/config.ts", `the setting ${name}`)),
    ...facts.routes
      .filter((route) => !paths.some((path) => isRoute(path, route)))
      .map(({ path }) => gap("src/server/routes", `the route ${path}`)),
  ];
}
