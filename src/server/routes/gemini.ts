import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";

import { checkModel, findModelBar } from "../../access/caller.ts";
import {
  createChoicesEncoder,
  encodeEmbedding,
  encodeEmbeddings,
  encodeError,
  encodeModel,
  encodeModels,
  encodeResponse,
  parseBatchEmbedding,
  parseCountTokens,
  parseEmbedding,
  parseRequest,
  type StreamFraming,
  stripModelPrefix,
} from "../../dialects/gemini/index.ts";
import type { ShownModel } from "../../dialects/shown-model.ts";
import { GatewayError, shorten } from "../../errors.ts";
import { asksForAny } from "../../model/any-model.ts";
import type { ListedModel } from "../../model/leg.ts";
import { collectChoices, sendChoices, toChoices } from "../answer-choices.ts";
import { baseUrlOf } from "../base-url.ts";
import { checkCountedModel } from "../check-counted-model.ts";
import { clientSignal } from "../client-signal.ts";
import { customMethodOf } from "../custom-method.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { refuseMissing } from "../missing-gemini.ts";
import { nameDialect } from "../name-dialect.ts";
import { readWishes } from "../read-wishes.ts";
import type { RouteDependencies } from "../route-dependencies.ts";
import { showBudget } from "../show-budget.ts";
import { showIgnored } from "../show-ignored.ts";

/** A request to a method of a model. */
type MethodHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** Names that clients of Gemini ask for by themselves, such as Gemini CLI's for its side jobs. */
const googleNames = /^gemini-/i;

/** The framing that a query asks for: events, or, as the API has it without a wish, one JSON array. Throws for any other. */
function readFraming(query: unknown): StreamFraming {
  const alt: unknown = typeof query === "object" && query !== null ? Reflect.get(query, "alt") : undefined;
  if (alt === "sse") return "events";
  if (alt === undefined || alt === "" || alt === "json") return "array";
  const param = "alt";
  throw new GatewayError("unsupported", "'alt' must be sse for a stream of events, or json for one array.", {
    param,
  });
}

/** Throws kind `method-not-allowed` where a method of a model is asked for by GET, as by who opens its address in a browser. */
function refuseToGet({ url, method }: FastifyRequest, reply: FastifyReply, known: object): void {
  const name = customMethodOf(url);
  if (name === undefined || !Object.hasOwn(known, name)) return;
  reply.header("allow", "POST");
  const path = shorten(url.split("?", 1)[0] ?? "");
  throw new GatewayError("method-not-allowed", `${path} takes POST, not ${method}.`);
}

/** Google's Gemini API, under `/v1beta`: models and their methods. */
export function geminiRoutes(deps: RouteDependencies): FastifyPluginCallback {
  const { config, chat, embeddings, newId } = deps;
  const toShown = (model: ListedModel): ShownModel => ({ model, canSee: chat.canSee(model) });

  /**
   * The model that a request means: a name of Google's that leads to none is the operator's default one, if there is one. Clients ask for such
   * names by themselves, whatever model their user has chosen.
   */
  async function findModel(given: string, signal: AbortSignal): Promise<string> {
    const { DEFAULT_MODEL: usual } = config;
    if (usual === undefined || asksForAny(given) || !googleNames.test(given)) return given;
    try {
      await chat.resolveModel(given, signal);
      return given;
    } catch (error) {
      if (error instanceof GatewayError && error.kind === "model-not-found") return usual;
      throw error;
    }
  }

  async function generate(
    request: FastifyRequest,
    reply: FastifyReply,
    framing?: StreamFraming,
  ): Promise<unknown> {
    const stream = framing !== undefined;
    request.facts.stream = stream;
    const parsed = parseRequest(request.body, stream);
    showIgnored(reply, parsed.ignored, parsed.spellings);
    const signal = clientSignal(reply);
    const model = await findModel(parsed.request.model, signal);
    const asked = { ...parsed.request, ...readWishes(request.headers), model };
    const baseUrl = baseUrlOf(request, config);
    const identity = { responseId: newId("gen_"), bareEnum: parsed.bareEnum };
    const requests = toChoices(asked, parsed.choices);
    if (framing !== undefined) {
      const encoder = createChoicesEncoder(parsed.choices, { ...identity, model, framing });
      await sendChoices(reply, chat, requests, { encoder, config, signal, baseUrl });
      return reply;
    }
    const answers = await collectChoices(reply, chat, requests, { signal, baseUrl });
    if (answers.some(({ usage }) => usage.estimated)) reply.header("x-usage-estimated", "true");
    return reply.send(encodeResponse(answers, identity));
  }

  async function countTokens(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const parsed = parseCountTokens(request.body);
    const signal = clientSignal(reply);
    const model = await findModel(parsed.request.model, signal);
    await checkCountedModel(request.facts.caller, { chat, model, signal });
    const asked = { ...parsed.request, ...readWishes(request.headers), model };
    const totalTokens = await chat.countTokens(asked, signal);
    request.facts.usage = { inputTokens: totalTokens, estimated: true };
    return reply.send({ totalTokens });
  }

  function embed(
    parse: typeof parseEmbedding,
    encode: typeof encodeEmbedding | typeof encodeEmbeddings,
  ): MethodHandler {
    return async (request, reply) => {
      embeddings.checkOffered();
      const { facts } = request;
      const parsed = parse(request.body);
      showIgnored(reply, parsed.ignored);
      facts.stream = false;
      const answer = await embeddings.embed(parsed.request, { signal: clientSignal(reply), watch: facts });
      facts.usage = answer.usage;
      if (answer.usage.estimated) reply.header("x-usage-estimated", "true");
      return reply.send(encode(answer));
    };
  }

  const methods: Readonly<Record<string, { readonly asksModel: boolean; readonly handle: MethodHandler }>> = {
    generateContent: { asksModel: true, handle: generate },
    streamGenerateContent: {
      asksModel: true,
      handle: async (request, reply) => generate(request, reply, readFraming(request.query)),
    },
    countTokens: { asksModel: false, handle: countTokens },
    embedContent: { asksModel: true, handle: embed(parseEmbedding, encodeEmbedding) },
    batchEmbedContents: { asksModel: true, handle: embed(parseBatchEmbedding, encodeEmbeddings) },
  };

  /** The method that a path ends by, and the id before it. */
  function readPath(request: FastifyRequest<{ Params: { "*": string } }>) {
    const name = customMethodOf(request.url) ?? "";
    const model = stripModelPrefix(request.params["*"].replace(/\/+$/, "").slice(0, -name.length - 1));
    return { method: Object.hasOwn(methods, name) ? methods[name] : undefined, model };
  }

  return (app, _options, done) => {
    nameDialect(app, "gemini");
    setDialectErrors(app, encodeError);
    showBudget(app, deps);

    app.get("/v1beta/models", async (request, reply) => {
      const listed = await chat.listModels(clientSignal(reply));
      const { caller } = request.facts;
      const models = listed.filter((model) => findModelBar(caller, model) === undefined);
      return encodeModels(models.map(toShown), request.query);
    });
    app.get<{ Params: { "*": string } }>("/v1beta/models/*", async (request, reply) => {
      refuseToGet(request, reply, methods);
      const signal = clientSignal(reply);
      const id = await findModel(stripModelPrefix(request.params["*"]), signal);
      const listed = await chat.showModel(id, signal);
      checkModel(request.facts.caller, listed);
      return encodeModel(toShown(listed));
    });
    app.route<{ Params: { "*": string } }>({
      method: "POST",
      url: "/v1beta/models/*",
      config: { customMethods: methods },
      // The model is a part of the path, and of all that is told of a request.
      async preHandler(request) {
        const { model } = readPath(request);
        const { body } = request;
        if (typeof body === "object" && body !== null && !Array.isArray(body))
          request.body = { ...body, model };
      },
      async handler(request, reply) {
        const { method } = readPath(request);
        if (method === undefined) throw refuseMissing(request.url.split("?", 1)[0] ?? "");
        return method.handle(request, reply);
      },
    });
    done();
  };
}
