import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";
import {
  createStreamEncoder,
  encodeError,
  encodeResponse,
  parseRequest,
} from "../../dialects/openai-images/index.ts";
import { GatewayError } from "../../errors.ts";
import { drawPictures } from "../../images/draw-pictures.ts";
import { resolveImageModel } from "../../images/resolve-image-model.ts";
import type { MissingPicture, Picture } from "../../model/picture.ts";
import { noteMissing } from "../answer-facts.ts";
import { baseUrlOf } from "../base-url.ts";
import { clientSignal } from "../client-signal.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { nameDialect } from "../name-dialect.ts";
import type { RouteDependencies } from "../route-dependencies.ts";
import { sendImageEvents } from "../send-image-events.ts";
import { imageFileRoutes } from "./image-files.ts";
import { showBudget } from "../show-budget.ts";
import { showIgnored } from "../show-ignored.ts";

/** OpenAI's images API: generations, the linked files, and a clear refusal of edits and variations. */
export function openAiImagesRoutes(deps: RouteDependencies): FastifyPluginCallback {
  const { config, chat, images, now } = deps;

  async function generate(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const parsed = parseRequest(request.body);
    showIgnored(reply, parsed.ignored);
    const signal = clientSignal(reply);
    const model = await resolveImageModel({ chat, images }, parsed.model, signal);
    request.facts.resolve(model);
    await request.facts.admit({ model, countPrompt: async () => 0, maxOutputTokens: 0 });

    const { encoding } = parsed.request;
    const context = { signal, baseUrl: baseUrlOf(request, config), watch: request.facts };
    const events = drawPictures(images, { ...parsed.request, model: model.id }, context);
    if (parsed.stream) {
      const encoder = createStreamEncoder(encoding, now);
      await sendImageEvents(reply, { events, encoder, config, signal });
      return reply;
    }
    request.facts.stream = false;
    const drawn: Picture[] = [];
    let missing: readonly MissingPicture[] = [];
    for await (const event of events) {
      if (event.type === "picture") {
        request.facts.pictures += 1;
        drawn[event.index] = event.picture;
      }
      if (event.type === "missing") missing = event.pictures;
    }
    if (missing.length > 0) {
      noteMissing(request.facts, missing);
      reply.header("x-images-missing", missing.length);
    }
    // Without the places of those that are missing.
    const pictures = Object.values(drawn);
    return reply.send(encodeResponse({ pictures, missing }, Math.floor(now() / 1000), encoding));
  }

  return (app, _options, done) => {
    nameDialect(app, "openai-images");
    setDialectErrors(app, encodeError);
    showBudget(app, deps);
    app.route({
      method: "POST",
      url: "/v1/images/generations",
      config: { asksModel: true },
      handler: generate,
    });
    app.register(imageFileRoutes(images));
    app.register(pictureInputRoutes);
    done();
  };
}

/** Routes that take pictures, which this upstream can't see: refused in words instead of an unknown media type. */
const pictureInputRoutes: FastifyPluginCallback = (app, _options, done) => {
  app.removeAllContentTypeParsers();
  // Read and thrown away: a client that is still sending would not see the answer.
  app.addContentTypeParser("*", (_request, payload, parsed) => {
    payload.on("end", () => parsed(null)).on("error", parsed);
    payload.resume();
  });
  for (const path of ["/v1/images/edits", "/v1/images/variations"]) {
    app.post(path, () => {
      throw new GatewayError(
        "unsupported",
        "The models here draw from text alone: pictures can't be edited or varied. " +
          "Describe the picture to POST /v1/images/generations instead.",
        { shouldRetry: false },
      );
    });
  }
  done();
};
