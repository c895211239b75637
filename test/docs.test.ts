import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it, test } from "vitest";

import { renderFile } from "../src/cli/connect/edit-file.ts";
import { clientNames } from "../src/cli/connect/client-names.ts";
import { findClient } from "../src/cli/connect/clients.ts";
import type { Target } from "../src/cli/connect/client.ts";
import { promptSizes } from "../src/cli/connect/prompt-sizes.ts";
import { encodeError as encodeAnthropicError } from "../src/dialects/anthropic-messages/encode-error.ts";
import { requestSchema as messagesSchema } from "../src/dialects/anthropic-messages/request-schema.ts";
import { parseRequest as parseAnthropicRequest } from "../src/dialects/anthropic-messages/parse-request.ts";
import { requestSchema as geminiSchema } from "../src/dialects/gemini/request-schema.ts";
import { parseRequest as parseGeminiRequest } from "../src/dialects/gemini/parse-request.ts";
import { encodeErrorBody as encodeGeminiError } from "../src/dialects/gemini/encode-error.ts";
import { requestSchema as chatSchema } from "../src/dialects/openai-chat/request-schema.ts";
import { parseRequest as parseChatRequest } from "../src/dialects/openai-chat/parse-request.ts";
import { requestSchema as completionSchema } from "../src/dialects/openai-completions/request-schema.ts";
import { parseRequest as parseCompletionRequest } from "../src/dialects/openai-completions/parse-request.ts";
import type { ParsedChat } from "../src/dialects/dialect.ts";
import { encodeOpenAiErrorObject } from "../src/dialects/encode-openai-error.ts";
import { requestSchema as embeddingsSchema } from "../src/dialects/openai-embeddings/request-schema.ts";
import { parseRequest as parseEmbeddingsRequest } from "../src/dialects/openai-embeddings/parse-request.ts";
import { requestSchema as ollamaChatSchema } from "../src/dialects/ollama-chat/request-schema.ts";
import { parseRequest as parseOllamaChatRequest } from "../src/dialects/ollama-chat/parse-request.ts";
import { requestSchema as ollamaEmbedSchema } from "../src/dialects/ollama-embeddings/request-schema.ts";
import { parseRequest as parseOllamaEmbedRequest } from "../src/dialects/ollama-embeddings/parse-request.ts";
import { requestSchema as generateSchema } from "../src/dialects/ollama-generate/request-schema.ts";
import { parseRequest as parseGenerateRequest } from "../src/dialects/ollama-generate/parse-request.ts";
import { requestSchema as imagesSchema } from "../src/dialects/openai-images/request-schema.ts";
import { parseRequest as parseImagesRequest } from "../src/dialects/openai-images/parse-request.ts";
import { encodeFailure } from "../src/dialects/openai-responses/encode-failure.ts";
import { requestSchema as responsesSchema } from "../src/dialects/openai-responses/request-schema.ts";
import { parseRequest as parseResponsesRequest } from "../src/dialects/openai-responses/parse-request.ts";
import { resolveRequest as resolveResponsesRequest } from "../src/dialects/openai-responses/resolve-request.ts";
import { errorStatus, GatewayError, type ErrorKind } from "../src/errors.ts";
import { collect } from "../src/model/collect.ts";
import { errorTexts } from "../src/openapi/error-texts.ts";
import { references } from "../src/server/openapi/describe-gateway.ts";
import { createToolCallShaper } from "../src/shaping/tools/index.ts";
import { answerEvents } from "./shaping/tools/answer.ts";
import { describeOutcome, outcomes } from "./agents/support/outcomes.ts";
import { listRoutes } from "./support/list-routes.ts";
import { startStack } from "./support/start-stack.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (name: string) => readFileSync(join(root, name), "utf8");
const api = read("docs/api.md");

/** What stands under a heading, up to the next one of its level or above. */
function section(page: string, heading: string): string {
  const lines = page.split("\n");
  // A comment of a shell or of TOML inside a fence is no heading.
  const fenced = new Set<number>();
  let fence: string | undefined;
  for (const [at, line] of lines.entries()) {
    const mark = /^`{3,}/.exec(line)?.[0];
    if (fence === undefined) fence = mark;
    else if (line === fence) fence = undefined;
    if (fence !== undefined) fenced.add(at);
  }
  const start = lines.indexOf(heading);
  if (start === -1) throw new Error(`There is no heading ${heading}`);
  const level = heading.indexOf(" ");
  const end = lines.findIndex(
    (line, at) => at > start && !fenced.has(at) && /^#+ /.test(line) && line.indexOf(" ") <= level,
  );
  return lines.slice(start + 1, end === -1 ? undefined : end).join("\n");
}

/** The cells of a page's table rows. */
function rows(text: string): string[][] {
  return text.split("\n").flatMap((line) =>
    line.startsWith("| ")
      ? [
          line
            .split("|")
            .slice(1, -1)
            .map((cell) => cell.trim()),
        ]
      : [],
  );
}

const quoted = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");

/** The contents of the fenced blocks of one language. */
function blocks(text: string, language: string): string[] {
  const fence = new RegExp(`^(\`{3,})${language}\\n([\\s\\S]*?)^\\1$`, "gm");
  return [...text.matchAll(fence)].map((match) => match[2] ?? "");
}

/** The field that something is refused for as impossible here. */
function paramOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof GatewayError && error.kind === "unsupported") return error.param;
    throw error;
  }
  return undefined;
}

/** Samples of settings of Gemini's API, each by its whole name. */
function configured(settings: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      `generationConfig.${name}`,
      { generationConfig: { [name]: value } },
    ]),
  );
}

describe("docs/api.md has every parameter as the code has it", () => {
  interface Route {
    readonly heading: string;
    readonly fields: readonly string[];
    readonly body: Readonly<Record<string, unknown>>;
    readonly parse: (body: unknown) => Pick<ParsedChat, "ignored"> & Partial<Pick<ParsedChat, "spellings">>;
    /** Values that ask for something, where any text would not do. */
    readonly samples: Readonly<Record<string, unknown>>;
  }
  const messages = [{ role: "user", content: "Hello" }];
  const document = {
    type: "document",
    source: { type: "text", media_type: "text/plain", data: "x" },
    citations: { enabled: true },
  };
  const references = { responseId: "resp_1", history: [], references: new Map<string, never>() };
  const sampling = {
    frequency_penalty: 1,
    presence_penalty: 1,
    seed: 7,
    top_k: 40,
    min_p: 0.1,
    repetition_penalty: 1.1,
    repeat_penalty: 1.1,
  };
  const honouredOptions = ["num_predict", "stop", "temperature", "top_p"].map((name) => `options.${name}`);
  const ollamaSamples = {
    think: "low",
    keep_alive: "5m",
    logprobs: true,
    top_logprobs: 2,
    "options.top_k": { options: { top_k: 40 } },
    "options.min_p": { options: { min_p: 0.1 } },
    "options.seed": { options: { seed: 7 } },
    "options.repeat_penalty": { options: { repeat_penalty: 1.1 } },
    "options.presence_penalty": { options: { presence_penalty: 1 } },
    "options.frequency_penalty": { options: { frequency_penalty: 1 } },
  };
  const routes: readonly Route[] = [
    {
      heading: "## POST /v1/chat/completions",
      fields: Object.keys(chatSchema.shape),
      body: { model: "m", messages },
      parse: (body) => parseChatRequest(body),
      samples: {
        ...sampling,
        logprobs: true,
        top_logprobs: 2,
        reasoning_effort: "low",
        "reasoning.max_tokens": { reasoning: { max_tokens: 2000 } },
        "reasoning.enabled": { reasoning: { enabled: false } },
        "chat_template_kwargs.enable_thinking": { chat_template_kwargs: { enable_thinking: false } },
        "chat_template_kwargs.thinking": { chat_template_kwargs: { thinking: true } },
        enable_thinking: true,
        thinking: false,
      },
    },
    {
      heading: "## POST /v1/completions",
      fields: Object.keys(completionSchema.shape),
      body: { model: "m", prompt: "Hello" },
      parse: (body) => parseCompletionRequest(body),
      samples: { ...sampling, logprobs: 1, best_of: 3 },
    },
    {
      heading: "## POST /v1/responses",
      fields: Object.keys(responsesSchema.shape),
      body: { model: "m", input: "Hello" },
      parse: (body) =>
        resolveResponsesRequest(parseResponsesRequest(body), {
          ...references,
          openSummary: () => undefined,
          temperature: undefined,
          topP: undefined,
        }),
      samples: { max_tool_calls: 2, top_logprobs: 2 },
    },
    {
      heading: "## POST /v1/messages",
      fields: Object.keys(messagesSchema.shape),
      body: { model: "m", max_tokens: 10, messages },
      parse: (body) => parseAnthropicRequest(body),
      samples: {
        top_k: 40,
        "thinking.budget_tokens": { thinking: { type: "enabled", budget_tokens: 2000 } },
        "thinking.block_binding": {
          thinking: { type: "adaptive", block_binding: { prefix_mismatch_behavior: "error" } },
        },
        citations: { messages: [{ role: "user", content: [document] }] },
      },
    },
    {
      heading: "## POST /v1/images/generations",
      fields: Object.keys(imagesSchema.shape),
      body: { prompt: "a cat" },
      parse: (body) => parseImagesRequest(body),
      samples: { moderation: "low", partial_images: 2 },
    },
    {
      heading: "## POST /v1/embeddings",
      fields: Object.keys(embeddingsSchema.shape),
      body: { model: "m", input: "a" },
      parse: (body) => parseEmbeddingsRequest(body),
      samples: {},
    },
    {
      heading: "## POST /api/chat",
      fields: [...Object.keys(ollamaChatSchema.shape), ...honouredOptions],
      body: { model: "m", messages },
      parse: (body) => parseOllamaChatRequest(body),
      samples: { ...ollamaSamples, truncate: true, shift: true },
    },
    {
      heading: "## POST /api/generate",
      fields: Object.keys(generateSchema.shape),
      body: { model: "m", prompt: "Hello" },
      parse: (body) => parseGenerateRequest(body),
      samples: { ...ollamaSamples, context: [1, 2], width: 100, height: 100, steps: 5 },
    },
    {
      heading: "## POST /api/embed",
      fields: Object.keys(ollamaEmbedSchema.shape),
      body: { model: "m", input: "a" },
      parse: (body) => parseOllamaEmbedRequest(body),
      samples: { keep_alive: "5m", truncate: true, options: { num_ctx: 100 } },
    },
    {
      heading: "## POST /v1beta/models/*",
      fields: Object.keys(geminiSchema.shape),
      body: { model: "m", contents: [{ parts: [{ text: "Hello" }] }] },
      parse: (body) => parseGeminiRequest(body),
      samples: {
        ...configured({ topK: 40, seed: 7, presencePenalty: 1, frequencyPenalty: 1 }),
        ...configured({ responseLogprobs: true, logprobs: 2 }),
        "generationConfig.thinkingConfig.thinkingLevel": {
          generationConfig: { thinkingConfig: { thinkingLevel: "LOW" } },
        },
        "generationConfig.thinkingConfig.thinkingBudget": {
          generationConfig: { thinkingConfig: { thinkingBudget: 2000 } },
        },
      },
    },
  ];

  /** A body that asks for one parameter; `a.b` is the field `b` of the parameter `a`. */
  function bodyWith({ body, samples }: Route, name: string): unknown {
    const sample = samples[name];
    if (name.includes(".") || name === "citations") {
      const [field = "", inner = ""] = name.split(".");
      return { ...body, ...(sample ?? { [field]: { [inner]: "low" } }) };
    }
    return { ...body, [name]: sample ?? "x" };
  }

  it.each(routes)("$heading", (route) => {
    const documented = new Map<string, string>();
    const [table = ""] = section(api, route.heading).split(/\n###|\n\| field of /);
    for (const [names = "", state = ""] of rows(table)) {
      if (names === "parameter") continue;
      for (const name of quoted(names)) {
        expect(documented, `${name} stands twice`).not.toContain(name);
        documented.set(name, state);
      }
    }
    expect(route.fields.filter((name) => !documented.has(name))).toEqual([]);
    for (const [name, state] of documented) {
      const ask = () => route.parse(bodyWith(route, name));
      switch (state) {
        case "honoured":
          expect(route.fields, name).toContain(name);
          break;
        case "refused":
          expect(paramOf(ask)).toBe(name);
          break;
        case "ignored":
          expect(ask().ignored).toEqual([name]);
          break;
        case "by upstream":
          expect(Object.values(ask().spellings ?? {})).toEqual([[name]]);
          expect(ask().ignored).toEqual([name]);
          break;
        default:
          expect.unreachable(`${name} is neither honoured, refused, ignored nor by upstream but ${state}`);
      }
    }
  });
});

/** Where docs/api.md has the fields of a body, by the operation. */
const fieldTables = new Map([
  ["createChatCompletion", "## POST /v1/chat/completions"],
  ["createCompletion", "## POST /v1/completions"],
  ["createResponse", "## POST /v1/responses"],
  ["createMessage", "## POST /v1/messages"],
  ["createImage", "## POST /v1/images/generations"],
  ["createEmbeddings", "## POST /v1/embeddings"],
  ["generateContent", "## POST /v1beta/models/*"],
  ["createConversation", "### Conversations"],
  ["createOllamaChat", "## POST /api/chat"],
  ["createOllamaGenerate", "## POST /api/generate"],
  ["createOllamaEmbed", "## POST /api/embed"],
]);

/** The rows of the tables of parameters under a heading; those of a table `field of x` by their whole names, `x.y`. */
function fieldRows(heading: string): string[][] {
  const [text = ""] = section(api, heading).split(/\n###|\n\| query parameter /);
  const [main = "", ...parts] = text.split(/^\| field of `(.+)` \| \| \|$/m);
  const inner = parts.flatMap((table, at) =>
    at % 2 === 0
      ? []
      : rows(table).map(([names = "", ...cells]) => [
          names.replaceAll(/`(.+?)`/g, `\`${parts[at - 1]}.$1\``),
          ...cells,
        ]),
  );
  return [...rows(main).slice(1), ...inner];
}

test.each([...fieldTables])("docs/api.md says of the fields of %s what /openapi.json says", (id, heading) => {
  const operation = references.flatMap(({ operations }) => operations).find((one) => one.id === id);
  const ofPath = operation?.parameters?.filter(({ in: place }) => place === "path") ?? [];
  const told = [
    ...ofPath.map(({ name, support, description }) => [name, support, description] as const),
    ...(operation?.body?.fields ?? []),
  ].map(([names, state, note = ""]) => [
    [names]
      .flat()
      .map((name) => `\`${name}\``)
      .join(", "),
    state,
    note,
  ]);
  expect(fieldRows(heading)).toEqual(told);
});

test("docs/api.md says of errors what /openapi.json says", () => {
  const table = rows(section(api, "## Errors")).slice(1);
  expect(table.map((cells) => cells.at(-1))).toEqual(
    (Object.keys(errorStatus) as ErrorKind[]).map((kind) => errorTexts[kind]),
  );
});

test("docs/api.md has every error kind, in the words of each dialect", () => {
  const kinds = Object.keys(errorStatus) as ErrorKind[];
  const expected = kinds.map((kind) => {
    const error = new GatewayError(kind, "x");
    const { type, code } = encodeOpenAiErrorObject(error);
    const { body } = encodeAnthropicError(error, null);
    const anthropic = (body as { error: { type: string } }).error.type;
    const cells = [
      type,
      code === null ? "–" : `\`${code}\``,
      `\`${anthropic}\``,
      `\`${encodeGeminiError(error).error.status}\``,
      `\`${encodeFailure(error).code}\``,
    ];
    return [String(error.status), `\`${cells[0]}\``, ...cells.slice(1)];
  });
  const documented = rows(section(api, "## Errors"))
    .slice(1)
    .map((cells) => cells.slice(0, 6));
  expect(documented).toEqual(expected);
});

test("docs/api.md has every route of a gateway, and no other", async () => {
  // With all that is off by default.
  await using stack = await startStack({ env: { METRICS_TOKEN: "t0ken" } });
  const found = listRoutes(stack.gateway.app);
  const documented = rows(section(api, "## Routes")).flatMap(([cell = ""]) => quoted(cell));
  expect(documented.toSorted()).toEqual(found.toSorted());
});

describe("docs/tools.md", () => {
  const page = read("docs/tools.md");
  const examples = blocks(section(page, "### What is recognised"), "text");

  it("has an example of each syntax", () => {
    expect(examples.length).toBeGreaterThan(10);
  });

  it.each(examples)("has examples that are read as calls: number %#", async (text) => {
    const parameters = { type: "object", properties: { path: { type: "string" } }, required: ["path"] };
    const shaper = createToolCallShaper({
      request: {
        tools: [{ name: "read_file", parameters }],
        toolChoice: { kind: "auto" },
        parallelToolCalls: true,
      },
      model: "m",
      argumentsMode: "stream",
      newCallId: () => "call_1",
    });
    const events = answerEvents({ pieces: [text.trimEnd()] }).flatMap((event) => [...shaper.push(event)]);
    const answer = await collect(async (sink) => sink(events));
    expect(answer.blocks).toEqual([
      expect.objectContaining({ kind: "tool-call", name: "read_file", arguments: '{"path":"a.txt"}' }),
    ]);
  });
});

describe("docs/clients.md has what connect gives", () => {
  const page = read("docs/clients.md");
  const model = { id: "DeepSeek-V3.2", contextLength: 64_000 };
  const target: Target = {
    url: "http://localhost:16571",
    apiKey: "akashchat",
    model,
    models: [model],
    imageModel: "AkashGen",
    codexCatalogue: false,
    providerName: "Akash Chat",
  };
  const headings = new Map([
    ["claude-code", "### Claude Code"],
    ["codex", "### Codex"],
    ["opencode", "### opencode"],
    ["copilot", "### Copilot CLI"],
    ["pi", "### pi"],
    ["qwen-code", "### qwen-code"],
    ["gemini-cli", "### Gemini CLI"],
    ["cursor", "### Cursor"],
    ["cline", "### Cline"],
    ["open-webui", "### Open WebUI"],
    ["continue", "### Continue"],
    ["zed", "### Zed"],
  ]);

  it("for every client", () => {
    expect([...headings.keys()]).toEqual(clientNames);
  });

  it.each([...headings])("for %s", (name, heading) => {
    const text = section(page, heading);
    const setup = findClient(name)?.setup(target, "default", { environment: {}, folder: "/" });
    const files = setup?.files ?? [];
    const json = files.flatMap((file) => (file.format === "json" ? [file.content] : []));
    expect(blocks(text, "json").map((block): unknown => JSON.parse(block))).toEqual(json);
    // The prompts that some agents get are shown by connect.
    const prompts = files.filter(({ format }) => format === "text");
    for (const { path } of prompts) expect(text).toContain(`\`${basename(path)}\``);
    const settings = files.filter(({ format }) => format === "toml" || format === "yaml");
    expect(blocks(text, "(?:toml|yaml)")).toEqual(settings.map(renderFile));
    for (const [variable, value] of Object.entries(setup?.environment ?? {})) {
      expect(text).toContain(`export ${variable}=${value}`);
    }
    if (setup?.files === undefined && setup?.environment === undefined) {
      for (const step of setup?.steps ?? []) {
        const field = /^([A-Z][\w ]+): /.exec(step)?.[1];
        if (field !== undefined) expect(text).toContain(`*${field}*`);
      }
    }
  });
});

test("docs/clients.md says what launch says about sizes, and what the agents' tests see at a limit", () => {
  const [above = ""] = section(read("docs/clients.md"), "## Coding agents").split("\n### ");
  const measured = Object.entries(promptSizes).map(([name, { version, full, default: usual, small }]) => {
    const outcome = outcomes[name];
    return [
      `${findClient(name)?.title} ${version}`,
      "yes",
      ...[full, usual, small].map((tokens) => tokens.toLocaleString("en-US")),
      ...(outcome === undefined ? [] : describeOutcome(outcome)),
    ];
  });
  expect(rows(above).slice(1)).toEqual(measured);
});
