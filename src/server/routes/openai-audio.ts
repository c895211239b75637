import { Readable } from "node:stream";

import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";

import {
  encodeError,
  encodeErrorFrame,
  parseForm,
  parseRequest,
  type ReadForm,
} from "../../dialects/openai-audio/index.ts";
import { GatewayError, toGatewayError } from "../../errors.ts";
import type { AudioPiece, AudioRequest } from "../../model/audio.ts";
import { iterate } from "../../stream/iterate.ts";
import { linkSignal } from "../../stream/link-signal.ts";
import { clientSignal } from "../client-signal.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { nameDialect } from "../name-dialect.ts";
import { readForm } from "../read-form.ts";
import type { RouteDependencies } from "../route-dependencies.ts";
import { showBudget } from "../show-budget.ts";

const formType = "multipart/form-data";

const eventHeaders = {
  "cache-control": "no-cache, no-transform",
  // nginx and its kin would otherwise collect the stream before passing it on.
  "x-accel-buffering": "no",
};

/** What the log and traces see of a form: not the recording itself. */
function describeForm({ fields, files }: ReadForm): Readonly<Record<string, unknown>> {
  const shown = files.map(([field, { name, type, bytes }]) => [
    field,
    `${name} (${type}, ${bytes.length} B)`,
  ]);
  return Object.fromEntries([...fields, ...shown]);
}

/** `POST /v1/audio/transcriptions`, `/v1/audio/translations` and `/v1/audio/speech`. */
export function openAiAudioRoutes(deps: RouteDependencies): FastifyPluginCallback {
  const { audio } = deps;

  async function send(
    request: FastifyRequest,
    reply: FastifyReply,
    parsed: AudioRequest,
  ): Promise<FastifyReply> {
    const { facts } = request;
    const { signal, abort, release } = linkSignal(clientSignal(reply));
    const pieces = iterate(audio.answer(parsed, { signal, watch: facts }), abort);

    function note({ usage }: AudioPiece): void {
      if (usage !== undefined) facts.usage = usage;
    }

    /** What comes behind the first piece. Events end with an error where they break off; of anything else the connection breaks. */
    async function* follow(first: AudioPiece, isEvents: boolean) {
      try {
        yield* first.bytes;
        for await (const piece of pieces) {
          facts.move();
          note(piece);
          yield* piece.bytes;
        }
      } catch (thrown) {
        const error = toGatewayError(thrown);
        facts.error = error.kind;
        facts.cause = thrown;
        if (!isEvents) throw thrown;
        yield Buffer.from(encodeErrorFrame(error));
      } finally {
        release();
      }
    }

    const first = await pieces.next();
    if (first.done === true) throw new GatewayError("internal", "A route ended without an answer.");
    const { contentType, bytes, ended, usage } = first.value;
    const isEvents = contentType.startsWith("text/event-stream");
    facts.stream = !ended;
    reply.type(contentType).header("x-content-type-options", "nosniff");
    if (isEvents) reply.headers(eventHeaders);
    if (!ended) return reply.send(Readable.from(follow(first.value, isEvents), { objectMode: false }));
    note(first.value);
    release();
    if (usage?.estimated === true) reply.header("x-usage-estimated", "true");
    return reply.send(Buffer.concat(bytes));
  }

  function read(kind: "transcription" | "translation") {
    return (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      audio.checkOffered();
      // What the parser of this plugin gives; others are refused before.
      const form = request.body as ReadForm;
      request.body = describeForm(form);
      return send(request, reply, parseForm(kind, form));
    };
  }

  /** Where bodies are forms. */
  const formRoutes: FastifyPluginCallback = (app, _options, done) => {
    app.addHook("onRequest", (request, _reply, next) => {
      if ((request.headers["content-type"] ?? "").toLowerCase().startsWith(formType)) next();
      else
        next(
          new GatewayError(
            "invalid-request",
            `Send a form here: Content-Type ${formType}, with a recording as 'file' and the 'model'.`,
          ),
        );
    });
    app.addContentTypeParser(formType, (request: FastifyRequest, payload: Readable) =>
      readForm(payload, request.headers, request.routeOptions.bodyLimit),
    );
    const config = { asksModel: true };
    app.route({ method: "POST", url: "/v1/audio/transcriptions", config, handler: read("transcription") });
    app.route({ method: "POST", url: "/v1/audio/translations", config, handler: read("translation") });
    done();
  };

  return (app, _options, done) => {
    nameDialect(app, "openai-audio");
    setDialectErrors(app, encodeError);
    showBudget(app, deps);
    app.route({
      method: "POST",
      url: "/v1/audio/speech",
      config: { asksModel: true },
      handler: (request, reply) => {
        audio.checkOffered();
        return send(request, reply, parseRequest(request.body));
      },
    });
    app.register(formRoutes);
    done();
  };
}
