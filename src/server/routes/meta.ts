import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";

import {
  encodeModel as encodeAnthropicModel,
  encodeModels as encodeAnthropicModels,
  encodeClaudeCodeModels,
  pageModels,
} from "../../dialects/anthropic-messages/index.ts";
import { encodeCodexCatalogue } from "../../dialects/openai-responses/index.ts";
import { encodeOpenAiModel, encodeOpenAiModels } from "../../dialects/encode-openai-models.ts";
import type { ShownModel } from "../../dialects/shown-model.ts";
import { checkModel, findModelBar } from "../../access/caller.ts";
import type { ListedModel } from "../../model/leg.ts";
import { readVersion } from "../../version.ts";
import { baseUrlOf } from "../base-url.ts";
import { clientSignal } from "../client-signal.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { encodeEdgeError, speaksAnthropic } from "../encode-edge-error.ts";
import { homePageHeaders, renderHomePage, type HomePage } from "../home-page.ts";
import { prefersHtml } from "../prefers-html.ts";
import type { ServerDependencies } from "../route-dependencies.ts";

/** What Ollama says at its root, in these words: clients look for them. */
const ollamaGreeting = "Ollama is running";

/** What a person or a probe finds at the root. Clients of Ollama that only look for its words find them here, too. */
const welcome = {
  name: "akashchat-api",
  message: "This is a gateway to open models. Point an AI client at it.",
  openai_base_url: "/v1",
  anthropic_base_url: "/",
  ollama_base_url: "/",
  ollama: ollamaGreeting,
  gemini_base_url: "/",
  openapi_url: "/openapi.json",
  documentation_url: "/docs/",
  endpoints: [
    "POST /v1/chat/completions",
    "POST /v1/completions",
    "POST /v1/responses",
    "POST /v1/messages",
    "POST /v1/messages/count_tokens",
    "POST /v1/images/generations",
    "POST /v1/embeddings",
    "POST /api/chat",
    "POST /api/generate",
    "POST /api/embed",
    "GET /api/tags",
    "POST /v1beta/models/{model}:generateContent",
    "POST /v1beta/models/{model}:streamGenerateContent",
    "POST /v1/audio/transcriptions",
    "POST /v1/audio/translations",
    "POST /v1/audio/speech",
    "GET /v1/models",
    "GET /v1/usage",
    "GET /health",
  ],
};

/** Whether Claude Code looks for models: `claude-code/2.1.332`, or `claude-cli/…` as in its other requests. */
function isClaudeCode(userAgent: string | undefined): boolean {
  return /^claude-(?:code|cli)\//.test(userAgent ?? "");
}

/** Whether Ollama's own client or one of its SDKs asks (`ollama-js/0.6.4`, `ollama/0.32.0`), or somebody who wants its plain text. */
function asksOllama({ accept = "", "user-agent": agent = "" }: FastifyRequest["headers"]): boolean {
  return /^ollama\b/i.test(agent) || /^\s*text\/plain\b/i.test(accept);
}

/**
 * Health, the root, and the models: in Anthropic's form for callers that send `anthropic-version`, for Codex with its
 * catalogue.
 */
export function metaRoutes({ access, chat, config, readConsole }: ServerDependencies): FastifyPluginCallback {
  /** What a browser is shown. Who must have a key learns neither models nor version without it, and asks nobody for them. */
  async function describeGateway(request: FastifyRequest, reply: FastifyReply): Promise<HomePage> {
    const baseUrl = baseUrlOf(request, config);
    if (!access.isOpen) return { baseUrl, access: "key" };
    const signal = clientSignal(reply);
    const models = await chat.listModels(signal).catch((error: unknown) => {
      if (signal.aborted) throw error;
      return undefined;
    });
    return { baseUrl, access: "open", version: readVersion(), defaultModel: config.DEFAULT_MODEL, models };
  }

  const toShown = (model: ListedModel): ShownModel => ({ model, canSee: chat.canSee(model) });

  return (app, _options, done) => {
    setDialectErrors(app, encodeEdgeError);

    app.get("/health", async (_request, reply) => {
      if (!app.isAboutToStop()) return { status: "ok", message: "akashchat-api is running" };
      return reply.code(503).send({ status: "stopping", message: "akashchat-api is about to stop" });
    });
    // A browser asks for this of any page; there is none, and nothing is wrong with that.
    app.get("/favicon.ico", async (_request, reply) => reply.code(204).send());
    app.get("/", async (request, reply) => {
      reply.header("vary", "accept, user-agent");
      if (asksOllama(request.headers)) return reply.type("text/plain; charset=utf-8").send(ollamaGreeting);
      if (!prefersHtml(request.headers.accept)) return welcome;
      if ((await readConsole()) !== undefined) {
        // Relative, for a gateway behind a path of which only its proxy knows.
        const base = config.PUBLIC_URL === undefined ? "" : `${config.PUBLIC_URL}/`;
        return reply.redirect(`${base}console/`);
      }
      reply.headers({ ...homePageHeaders });
      return renderHomePage(await describeGateway(request, reply));
    });

    app.get<{ Querystring: { client_version?: unknown } }>("/v1/models", async (request, reply) => {
      const signal = clientSignal(reply);
      const { caller } = request.facts;
      const listed = await chat.listModels(signal);
      const models = listed.filter((model) => findModelBar(caller, model) === undefined).map(toShown);
      if (isClaudeCode(request.headers["user-agent"])) return encodeClaudeCodeModels(models);
      const list = speaksAnthropic(request)
        ? pageModels(encodeAnthropicModels(models), request.query)
        : encodeOpenAiModels(models);
      // Codex says its version, and reads `models` alone; others need not pay for it.
      if (request.query.client_version === undefined) return list;
      return { ...list, models: encodeCodexCatalogue(models.filter(({ model }) => model.kind === "chat")) };
    });
    // Ids contain slashes, which clients may or may not encode.
    app.get<{ Params: { "*": string } }>("/v1/models/*", async (request, reply) => {
      const listed = await chat.showModel(request.params["*"], clientSignal(reply));
      checkModel(request.facts.caller, listed);
      const model = toShown(listed);
      return speaksAnthropic(request) ? encodeAnthropicModel(model) : encodeOpenAiModel(model);
    });
    done();
  };
}
