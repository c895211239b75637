import type { Facts, Route } from "./facts.ts";
import { readLines, type Line, type Mistake, type Page } from "./page.ts";

/** Variables and headers of other programs that pages name and our code has no word for. */
const foreign = new Set([
  "/v1/traces",
  "CLAUDE_CODE_SUBAGENT_MODEL",
  "ENABLE_TOOL_SEARCH",
  "OLLAMA_BASE_URL",
  "OPENAI_BASE_URL",
  "OPENAI_MODEL_LIST",
  "OPENAI_PROXY_URL",
  "OTEL_EXPORTER_OTLP_HEADERS",
  "OTEL_RESOURCE_ATTRIBUTES",
  "OTEL_SERVICE_NAME",
  "OTEL_TRACES_SAMPLER",
  "OTEL_TRACES_SAMPLER_ARG",
  "POSTGRES_PASSWORD",
  "PROXIES_IN_FRONT",
  "SITE_ADDRESS",
  "SSRF_ALLOW_PRIVATE_IP_ADDRESS",
  "X-Forwarded-For",
  "x-claude-code-agent-id",
]);

/** What pages name to say that it is wrong. */
const wrongOnPurpose = new Set([
  "BERER_TOKEN",
  "GET /v1/responses",
  "/v1/messages/v1/messages",
  "/v1/api/tags",
]);

/** Does the path of a page, with `{id}`, `:id` or a real id in it, mean this route? */
export function isRoute(path: string, route: Route): boolean {
  const pattern = route.path.replace(/[.]/g, "\\.").replace(/:\w+/g, "[^/]+").replace(/\*/g, ".+");
  return new RegExp(`^${pattern}$`).test(path);
}

/** Paths of the gateway in a line, with the method before them if there is one. */
export function pathsIn(text: string): readonly { readonly method?: string; readonly path: string }[] {
  return [
    ...text.matchAll(
      /(?:\b(GET|HEAD|POST|PUT|PATCH|DELETE) )?(?:https?:\/\/[\w.:[\]-]+)?((?:(?:\/admin)?\/v1(?:beta)?\/[\w/{}:.*-]+)|(?<=[\s`(/]|^)\/api\/(?:version|tags|show|ps|chat|generate|embed|embeddings|pull|push|create|copy|delete|blobs\/[\w:.{}]+)(?![\w/-])|\/health\b|\/favicon\.ico|\/openapi\.json\b|(?<![\w.])\/(?:console|docs)(?:\/assets\/:name)?(?![\w.]))/g,
    ),
  ].map(([, method, path = ""]) => ({
    ...(method === undefined ? {} : { method }),
    path: path.replace(/[.:/]+$/, ""),
  }));
}

/** npm scripts that a piece of code runs. */
export function scriptsIn(code: string): readonly string[] {
  return [...code.matchAll(/\bnpm (?:run ([\w:-]+)|(test|start)\b)/g)].map(
    (match) => match[1] ?? match[2] ?? "",
  );
}

/** Our own commands in a piece of code: the name and all that follows in the same command. */
export function commandsIn(code: string): readonly { readonly name: string; readonly rest: string }[] {
  return [...code.matchAll(/(?:^|[$;&|(]|npx )\s*akashchat-api ([a-z][\w-]*)([^;&|#]*)/g)].map(
    ([, name = "", rest = ""]) => ({ name, rest }),
  );
}

function* judgeCode(code: string, facts: Facts): Generator<string> {
  for (const script of scriptsIn(code))
    if (!facts.scripts.has(script)) yield `package.json has no script "${script}"`;
  for (const { name, rest } of commandsIn(code)) {
    if (!facts.commands.has(name)) {
      yield `akashchat-api has no command "${name}"`;
      continue;
    }
    const [own = ""] = rest.split(" -- ");
    for (const [, option = ""] of own.matchAll(/\s(--[a-z][\w-]*)/g))
      if (!facts.options.has(option)) yield `akashchat-api has no option ${option}`;
    const inner = /^\s+([a-z][\w-]*)/.exec(own)?.[1];
    const hasInner = [...facts.commands].some((command) => command.startsWith(`${name} `));
    if (hasInner && inner !== undefined && !facts.commands.has(`${name} ${inner}`))
      yield `akashchat-api ${name} has no command "${inner}"`;
    const known = { connect: facts.clients, launch: facts.programs }[name];
    if (inner !== undefined && known?.has(inner) === false) yield `${name} does not know "${inner}"`;
  }
  for (const [, file = ""] of code.matchAll(/\b(?:node|bash) ((?:bench|scripts|test|dist|src)\/[\w./-]+)/g)) {
    const source = file.replace(/^dist\/(.*)\.js$/, "src/$1.ts");
    if (!facts.exists(source)) yield `there is no ${file}`;
  }
  for (const [, file = ""] of code.matchAll(/^((?:src|test|docs|bench|scripts|deploy)\/[\w./-]+)$/g))
    if (!facts.exists(file)) yield `there is no ${file}`;
}

function* judgeLine({ text, code }: Line, facts: Facts): Generator<string> {
  for (const part of code) yield* judgeCode(part, facts);
  for (const { method, path } of pathsIn(text)) {
    if (foreign.has(path) || wrongOnPurpose.has(method === undefined ? path : `${method} ${path}`)) continue;
    const routes = facts.routes.filter((route) => isRoute(path, route));
    if (routes.length === 0) yield `the gateway has no route ${path}`;
    else if (method !== undefined && !routes.some(({ methods }) => methods.includes(method)))
      yield `${path} is not called with ${method}`;
  }
  for (const [, name = ""] of text.matchAll(/(?<![\w{$-])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?!\w)/g))
    if (
      !facts.settings.has(name) &&
      !facts.variables.has(name) &&
      !foreign.has(name) &&
      !wrongOnPurpose.has(name)
    )
      yield `no code knows ${name}`;
  for (const [, name = ""] of text.matchAll(/(?<![\w-])(x-[a-z0-9]+(?:-[a-z0-9]+)*)/gi))
    if (!facts.source.includes(name.toLowerCase()) && !foreign.has(name))
      yield `no code knows the header ${name}`;
}

/** A file of settings may name only ours and the proxies. */
function* judgeSettings({ name }: Page, { text }: Line, facts: Facts): Generator<string> {
  const pattern = name === ".env.example" ? /^#?([A-Z][A-Z0-9_]*)=/ : /^\s+(?:- "?)?([A-Z][A-Z0-9_]*)[=:]/;
  const variable = pattern.exec(text)?.[1];
  if (variable === undefined || facts.settings.has(variable) || /^(?:HTTPS?|NO)_PROXY$/.test(variable))
    return;
  yield `${variable} is no setting`;
}

/** What pages name and the project has not: commands, options, scripts, files, routes, variables, headers. */
export function findInventions(pages: readonly Page[], facts: Facts): readonly Mistake[] {
  return pages
    .filter(({ name }) => name !== "CHANGELOG.md") // what is gone may stand there
    .flatMap((page) =>
      readLines(page).flatMap((line) => {
        const problems = [...judgeLine(line, facts)];
        if (!page.name.endsWith(".md")) problems.push(...judgeSettings(page, line, facts));
        return [...new Set(problems)].map((problem) => ({ name: page.name, line: line.number, problem }));
      }),
    );
}
