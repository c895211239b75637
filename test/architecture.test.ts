import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../src", import.meta.url));

/** What a file imports: our own files as paths below src, others by name. */
interface Imports {
  readonly file: string;
  readonly ours: readonly string[];
  readonly others: readonly string[];
}

const isOurs = (name: string) => name.startsWith(".");

function readImports(path: string): Imports {
  const file = relative(root, path);
  const source = readFileSync(path, "utf8");
  const names = [...source.matchAll(/(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"/g)]
    .concat(
      [...source.matchAll(/(?:^|\n)import\s+"([^"]+)"/g)],
      [...source.matchAll(/\bimport\("([^"]+)"\)/g)],
    )
    .map((match) => match[1] ?? "");
  return {
    file,
    ours: names.filter(isOurs).map((name) => relative(root, join(dirname(path), name))),
    others: names.filter((name) => !isOurs(name)),
  };
}

const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => readImports(join(root, name)));

/** Where each part may look, by the beginning of the path. Its own folder is always allowed. */
const directions: Readonly<Record<string, readonly string[]>> = {
  "model/": [],
  "stream/": [],
  "errors.ts": [],
  "suggest/": [],
  "config-file/": [
    "model/model-alias.ts",
    "model/without-undefined.ts",
    "suggest/",
    "base-url.ts",
    "config.ts",
    "stream/with-idle-timeout.ts",
    // What an entry of the file becomes, and what is particular about each kind of server.
    "upstreams/upstream-entry.ts",
    "upstreams/model-options.ts",
    "upstreams/openai-compatible/server-rules.ts",
    "upstreams/openai-compatible/servers/index.ts",
  ],
  "shaping/": ["model/", "errors.ts", "stream/"],
  "openapi/": ["model/", "errors.ts"],
  // A wrong schema is refused where the name of its field is known.
  "dialects/": [
    "model/",
    "errors.ts",
    "stream/",
    "openapi/",
    "shaping/schema/compile-json-schema.ts",
    "shaping/schema/bound-schemas.ts",
  ],
  "upstreams/": ["model/", "errors.ts", "stream/", "config.ts", "make-folder.ts"],
  "images/": [
    "model/",
    "errors.ts",
    "stream/",
    "config.ts",
    "upstreams/upstream.ts",
    "completion/chat-service.ts",
  ],
  "embeddings/": [
    "model/",
    "errors.ts",
    "stream/",
    "upstreams/upstream.ts",
    "routing/router.ts",
    "completion/chat-service.ts",
    "completion/resolve-special-model.ts",
  ],
  "audio/": [
    "model/",
    "errors.ts",
    "stream/",
    "upstreams/upstream.ts",
    "routing/router.ts",
    "completion/chat-service.ts",
    "completion/resolve-special-model.ts",
  ],
  "responses/": [
    "model/",
    "errors.ts",
    "stream/",
    "dialects/dialect.ts",
    "dialects/openai-responses/",
    "completion/chat-service.ts",
    "secrets/create-sealer.ts",
    "store/response-store.ts",
  ],
  "workers/": ["config.ts", "model/notices.ts", "model/notice-board.ts", "model/survey.ts", "stream/"],
  "secrets/": ["config.ts", "make-folder.ts"],
  "store/": [
    "model/",
    "errors.ts",
    "stream/",
    "config.ts",
    "make-folder.ts",
    "access/",
    "ledger/",
    "traces/",
    "responses/run-store.ts",
    "responses/conversation-store.ts",
    "or-close.ts",
  ],
  "access/": ["model/", "errors.ts"],
  "traces/": ["model/", "errors.ts", "shaping/thinking-tags.ts"],
  "ledger/": ["model/", "errors.ts"],
  "completion/": [
    "model/",
    "errors.ts",
    "stream/",
    "shaping/",
    "config.ts",
    "upstreams/upstream.ts",
    "routing/router.ts",
    "images/",
    "suggest/",
  ],
  "routing/": ["model/", "errors.ts", "stream/", "upstreams/upstream.ts"],
  "server/": [
    "model/",
    "errors.ts",
    "stream/",
    "dialects/",
    "openapi/",
    "config.ts",
    "upstreams/upstream.ts",
    "completion/chat-service.ts",
    "images/",
    "embeddings/embedding-service.ts",
    "audio/audio-service.ts",
    "responses/response-service.ts",
    "store/response-store.ts",
    "access/",
    "traces/",
    "ledger/",
    "telemetry/metrics-page.ts",
    "ledger/",
    "version.ts",
  ],
  // Outside of the server: it watches requests, and looks states up.
  "telemetry/": [
    "model/",
    "errors.ts",
    "access/key-service.ts",
    "config.ts",
    "routing/router.ts",
    "server/answer-facts.ts",
    "server/open-requests.ts",
    "server/request-observer.ts",
    "stream/",
  ],
  "simulator/": [],
  // It knows the gateway by its APIs alone, as any program does.
  "console/": [],
};

describe("imports point inwards", () => {
  test.each(Object.entries(directions))("%s", (folder, allowed) => {
    const wrong = files
      .filter(({ file }) => file.startsWith(folder))
      .flatMap(({ file, ours }) =>
        ours
          .filter((target) => ![folder, ...allowed].some((prefix) => target.startsWith(prefix)))
          .map((target) => `${file} -> ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  test("only services.ts knows the implementations of the upstream and the services", () => {
    const concrete =
      /^(?:upstreams\/(?!upstream\.ts|upstream-entry\.ts|model-options\.ts|openai-compatible\/server)|completion\/(?!chat-service\.ts)|routing\/(?!router\.ts)|embeddings\/(?!embedding-service\.ts)|audio\/(?!audio-service\.ts)|responses\/(?!response-service\.ts|conversation-service\.ts|conversation-store\.ts)|store\/(?!response-store\.ts))/;
    const users = files
      .filter(({ file }) => !concrete.test(file) && !file.startsWith("cli/"))
      .filter(({ ours }) => ours.some((target) => concrete.test(target)))
      .map(({ file }) => file);
    expect(users).toEqual(["services.ts"]);
  });
});

// The console names kinds of servers, as the command line does. Its habits are those of one upstream among others.
// The program's own name, also as the beginning of metrics and attributes, is none of it. What is told of routes has the words of docs/api.md.
test("Akash Chat is named in its own folder alone, by those who start the program, and by its stand-in", () => {
  const free =
    /^(?:upstreams\/akash-chat\/|upstreams\/create-upstream\.ts|upstreams\/upstream-entry\.ts|config-file\/|cli\/|simulator\/|config\.ts|gateway\.ts|index\.ts|main\.ts|console\/)|(?:^|[/-])reference\.ts$|^openapi\/error-texts\.ts$/;
  const wrong = files
    .filter(({ file }) => !free.test(file))
    .filter(({ file }) => /akash[ -]?chat(?!-api|_|\.\w)/i.test(readFileSync(join(root, file), "utf8")));
  expect(wrong.map(({ file }) => file)).toEqual([]);
});

test("Fastify stays inside the server", () => {
  const users = files.filter(({ others }) => others.some((name) => /^(?:@?fastify)/.test(name)));
  expect(users.map(({ file }) => file).filter((file) => !file.startsWith("server/"))).toEqual(["gateway.ts"]);
});

test("nothing of the gateway knows the console", () => {
  const users = files.filter(
    ({ file, ours }) => !file.startsWith("console/") && ours.some((target) => target.startsWith("console/")),
  );
  expect(users.map(({ file }) => file)).toEqual([]);
});

test("of the console, what tests can try without a browser imports nothing of one", () => {
  const pure = /^console\/(?:domain|text\/(?:en|zh)\.ts|api\/types\.ts)/;
  const wrong = files
    .filter(({ file }) => pure.test(file))
    .flatMap(({ file, ours, others }) =>
      [...others, ...ours.filter((target) => !pure.test(target))].map((name) => `${file} -> ${name}`),
    );
  expect(wrong).toEqual([]);
});

// The page's policy forbids them in markup, and a text of somebody else's must never become markup.
test("the console sets no style attribute and no markup", () => {
  const wrong = files.filter(
    ({ file }) =>
      file.startsWith("console/") &&
      /\bstyle=|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\(/.test(
        withoutComments(file),
      ),
  );
  expect(wrong.map(({ file }) => file)).toEqual([]);
});

test("the service of responses knows no HTTP", () => {
  const users = files.filter(
    ({ file, others }) =>
      file.startsWith("responses/") && others.some((name) => /^(?:@?fastify|node:http|undici)/.test(name)),
  );
  expect(users.map(({ file }) => file)).toEqual([]);
});

// node:events only lets a signal have many listeners; node:vm only ends work that takes too long; node:module only loads what
// few need when they first do; the tables of the tokenizer are
// data of a package, which are read when they are first needed.
test("the pure parts import no I/O", () => {
  const pure = /^(?:model|stream|shaping|dialects|openapi)\//;
  const impure = files
    .filter(({ file }) => pure.test(file) && file !== "shaping/tokens/encodings.ts")
    .flatMap(({ file, others }) =>
      others
        .filter((name) =>
          /^(?:undici|pino|fastify|sharp|node:(?!events$|string_decoder$|buffer$|util$|module$|vm$))/.test(
            name,
          ),
        )
        .map((name) => `${file} -> ${name}`),
    );
  expect(impure).toEqual([]);
});

test("the pure parts read no clock, no chance, no environment and start no timers", () => {
  const pure = /^(?:model|shaping|dialects|openapi)\//;
  const impure = /\b(?:Date\.now|Math\.random|process\.|setTimeout|setInterval|setImmediate|performance\.)/;
  const wrong = files.filter(({ file }) => pure.test(file) && impure.test(withoutComments(file)));
  expect(wrong.map(({ file }) => file)).toEqual([]);
});

test("a command uses nothing of the process but what its terminal has", () => {
  // They are the process, or end it.
  const own =
    /^cli\/(?:adopt-settings|banner|connect\/run-on-terminal|end-(?:if-stuck|quietly)|guard-process|log-start|look-around|serve|serve-workers|workers\/.*)\.ts$/;
  const global =
    /(?<![\w.])(?:process\.(?:env|cwd|chdir|argv|exit|exitCode|std\w+|on|once|off|kill)\b|homedir\(|console\.)|[{,]\s*(?:env|argv|std\w+)\b[^}]*\}\s*=\s*process\b/;
  const users = files.filter(
    ({ file }) => file.startsWith("cli/") && !own.test(file) && global.test(withoutComments(file)),
  );
  // Its parameter, which is any process.
  expect(users.map(({ file }) => file)).toEqual(["cli/stop-on-signals.ts"]);
});

test("time comes into stream/ by one file", () => {
  const users = files.filter(
    ({ file }) =>
      file.startsWith("stream/") && /\bset(?:Timeout|Interval|Immediate)\(/.test(withoutComments(file)),
  );
  expect(users.map(({ file }) => file)).toEqual(["stream/real-timer.ts"]);
});

// Node 20 forgets signals of both kinds together when it collects garbage, and then nothing is ever aborted; on newer
// ones a server that makes one for each request grows until the collector runs. linkSignal and limitTime do the same work.
test("no signal is left to the garbage collector", () => {
  const users = files.filter(({ file }) =>
    /\bAbortSignal\s*\.\s*(?:any|timeout)\b/.test(withoutComments(file)),
  );
  expect(users.map(({ file }) => file)).toEqual([]);
});

function withoutComments(file: string): string {
  return readFileSync(join(root, file), "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}

test("no file is longer than 350 lines", () => {
  const long = files
    .map(({ file }) => `${file}: ${readFileSync(join(root, file), "utf8").split("\n").length - 1}`)
    .filter((entry) => Number(entry.split(": ")[1]) > 350);
  expect(long).toEqual([]);
});

test("names tell what a file is", () => {
  const vague = files.filter(({ file }) =>
    /(?:^|[/-])(?:utils?|helpers?|managers?|common|misc|handlers?)(?:[-.])/.test(file),
  );
  expect(vague.map(({ file }) => file)).toEqual([]);
});

/** The roles that a dialect's folder may have, each in the file of that name, and what the file exports for it. */
const roles: Readonly<Record<string, RegExp>> = {
  index: /\bparseRequest\b/,
  "request-schema": /^export const requestSchema\b/m,
  "parse-request": /^export function parseRequest\b/m,
  "parse-messages": /^export function parseMessages\b/m,
  "parse-tools": /^export function parseTools\b/m,
  "encode-response": /^export function encodeResponse\b/m,
  "encode-stream": /^export function create(?:Stream|Choices)Encoder\b/m,
  "encode-error": /^export function encodeError\b/m,
  "encode-models": /^export function encode\w+/m,
  "response-schema": /^export const responseSchema\b/m,
  reference: /^export const reference\b/m,
};

const sharedError = "OpenAI's own envelope: encode-openai-error.ts, which the index exports as encodeError";
const sharedModels = "OpenAI's own list: encode-openai-models.ts";
const ollamaError = "Ollama's one text: encode-ollama-error.ts, which the index exports as encodeError";
const ollamaModels = "Ollama's own list: encode-ollama-models.ts";

/** The roles that a dialect does not have, and why. */
const missingRoles: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "openai-chat": { "encode-models": sharedModels },
  "openai-completions": {
    "parse-messages": "a prompt is one text",
    "parse-tools": "this API has no tools",
    "encode-error": sharedError,
    "encode-models": sharedModels,
  },
  "openai-embeddings": {
    "parse-messages": "an input is a list of texts: parse-input.ts",
    "parse-tools": "this API has no tools",
    "encode-stream": "vectors come whole",
    "encode-error": sharedError,
    "encode-models": sharedModels,
  },
  "ollama-chat": { "encode-error": ollamaError, "encode-models": ollamaModels },
  "ollama-generate": {
    "parse-messages": "a prompt is one text",
    "parse-tools": "this API has no tools",
    "encode-error": ollamaError,
    "encode-models": ollamaModels,
  },
  "ollama-embeddings": {
    "parse-messages": "an input is a list of texts, as in openai-embeddings",
    "parse-tools": "this API has no tools",
    "encode-stream": "vectors come whole",
    "encode-error": ollamaError,
    "encode-models": ollamaModels,
  },
  "openai-audio": {
    "parse-messages": "an input is one text or one recording: parse-form.ts",
    "parse-tools": "this API has no tools",
    "encode-response": "an answer passes as its upstream has written it",
    "encode-stream": "likewise",
    "encode-error": sharedError,
    "encode-models": sharedModels,
  },
  "openai-images": {
    "parse-messages": "a prompt is one text",
    "parse-tools": "this API has no tools",
    "encode-error": sharedError,
    "encode-models": sharedModels,
  },
};

/** A role by another name: who knows one dialect would look for it in vain in the next. */
const otherNames =
  /^(?:requests?|responses?|messages|content|media|parts|tools|models?|errors?|streams?|usage|ignored)\.ts$|-encoder\.ts$/;

describe("one skeleton for every dialect", () => {
  const dialects = readdirSync(join(root, "dialects"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

  test.each(dialects)("%s", (dialect) => {
    const own = files.map(({ file }) => file).filter((file) => file.startsWith(`dialects/${dialect}/`));
    const missing = missingRoles[dialect] ?? {};
    for (const [role, content] of Object.entries(roles)) {
      const file = `dialects/${dialect}/${role}.ts`;
      expect([file, own.includes(file)]).toEqual([file, !(role in missing)]);
      if (own.includes(file))
        expect([file, readFileSync(join(root, file), "utf8")]).toEqual([
          file,
          expect.stringMatching(content),
        ]);
    }
    expect(own.filter((file) => otherNames.test(file.split("/").at(-1) ?? ""))).toEqual([]);
  });

  test("the rest sees of a dialect what its index shows", () => {
    const inside = /^dialects\/[^/]+\/(?!index\.ts$)/;
    // A plain text, without the parsers that the index brings along.
    const instructions = "dialects/openai-responses/codex-instructions.ts";
    // What tells of routes tells of their forms, which nothing else needs.
    const tells = /^server\/.*(?:[/-]reference|\/describe-gateway)\.ts$/;
    const forms = /\/(?:reference|error-form|response-schema|catalogue-schema)\.ts$/;
    const wrong = files
      .filter(({ file }) => !file.startsWith("dialects/"))
      .flatMap(({ file, ours }) =>
        ours
          .filter((target) => inside.test(target) && target !== instructions)
          .filter((target) => !(tells.test(file) && forms.test(target)))
          .map((target) => `${file} -> ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  test("only what tells of routes needs what is told of them, and that is loaded when somebody asks", () => {
    const told =
      /^(?:dialects|server)\/.*(?:[/-]reference|\/response-schema|\/describe-gateway)\.ts$|^openapi\/create-document\.ts$/;
    const teller = /(?:[/-]reference|-schema|[/-]error-form|-operations|\/describe-gateway)\.ts$|^openapi\//;
    const wrong = files
      .filter(({ file }) => !teller.test(file))
      .flatMap(({ file, ours }) =>
        ours.filter((target) => told.test(target)).map((target) => `${file} -> ${target}`),
      );
    // By an import that comes when it is run.
    expect(wrong).toEqual(["server/openapi/openapi-routes.ts -> server/openapi/describe-gateway.ts"]);
  });

  test("what a dialect lacks is a role of a dialect", () => {
    for (const [dialect, missing] of Object.entries(missingRoles)) {
      expect(dialects).toContain(dialect);
      expect(Object.keys(missing).filter((role) => !(role in roles))).toEqual([]);
    }
  });
});
