import type { ChatService } from "../completion/chat-service.ts";
import { resolveSpecialModel } from "../completion/resolve-special-model.ts";
import { GatewayError } from "../errors.ts";
import type { AudioFile, AudioPiece, AudioRequest } from "../model/audio.ts";
import type { Usage } from "../model/events.ts";
import type { Leg } from "../model/leg.ts";
import type { Router } from "../routing/router.ts";
import type { Sink } from "../stream/source.ts";
import type { AskOptions, Upstream } from "../upstreams/upstream.ts";
import type { AudioContext, AudioService } from "./audio-service.ts";

/** What the service is made of. */
export interface AudioServiceOptions {
  readonly chat: Pick<ChatService, "listModels" | "resolveModel">;
  readonly router: Pick<Router, "route" | "upstreamOf" | "upstreams">;
  /** Our count of the tokens of texts. */
  readonly countTokens: (texts: readonly string[], model: string, signal: AbortSignal) => Promise<number>;
}

/** How models of each kind are spoken of. */
const kinds = {
  transcription: { kind: "transcription", noun: "transcription model", lacks: "reads no speech" },
  translation: { kind: "transcription", noun: "transcription model", lacks: "reads no speech" },
  speech: { kind: "speech", noun: "speech model", lacks: "does not speak" },
} as const;

/**
 * Bytes of a recording that we take for a token before its upstream has counted: most models count ten a second, in which there are 4 to 32 kB.
 */
const bytesPerToken = 1000;
/** Of English text. */
const bytesPerWordToken = 4;
const fewestWordTokens = 100;

function tokensOf({ bytes }: AudioFile): number {
  return Math.ceil(bytes.length / bytesPerToken);
}

/** Tokens of a transcript: nobody speaks faster than a recording counts. Speech has none. */
function boundWords(request: AudioRequest): number {
  return request.kind === "speech" ? 0 : Math.max(fewestWordTokens, tokensOf(request.file));
}

/** Creates the audio service. */
export function createAudioService({ chat, router, countTokens }: AudioServiceOptions): AudioService {
  /** Tokens of what was sent, where nobody counts them but us. */
  async function countInput(request: AudioRequest, signal: AbortSignal): Promise<number> {
    if (request.kind === "speech") return countTokens([request.input], request.model, signal);
    return tokensOf(request.file);
  }

  async function answer(
    request: AudioRequest,
    { signal, watch }: AudioContext,
    sink: Sink<AudioPiece>,
  ): Promise<void> {
    const words = kinds[request.kind];
    const suits = ({ upstream, model }: Leg): boolean =>
      (model.kind === words.kind || model.kindUnknown === true) &&
      router.upstreamOf({ upstream }).makeAudio !== undefined;
    const { id, legs } = await resolveSpecialModel(
      request.model,
      { chat, suits, article: "a", ...words },
      signal,
    );
    watch?.resolve({ id, legs });
    await watch?.admit?.({
      model: { id, legs },
      countPrompt: () => countInput(request, signal),
      maxOutputTokens: boundWords(request),
    });
    let bytes = 0;

    async function estimate(): Promise<Usage> {
      const outputTokens = request.kind === "speech" ? 0 : Math.ceil(bytes / bytesPerWordToken);
      return { inputTokens: await countInput(request, signal), outputTokens, estimated: true };
    }

    async function end(piece: AudioPiece): Promise<void> {
      await sink({ ...piece, usage: piece.usage ?? (await estimate()) });
    }

    await router.route<AudioPiece>(
      {
        model: id,
        legs,
        signal,
        watch,
        progressOf: ({ ended }) => (ended ? "end" : "part"),
        ask: (leg, upstream, asking, give) =>
          askUpstream(upstream, { ...request, model: leg.model.id }, asking, give),
      },
      (piece) => {
        for (const part of piece.bytes) bytes += part.length;
        return piece.ended ? end(piece) : sink(piece);
      },
    );
  }

  return {
    checkOffered() {
      if (router.upstreams.some((upstream) => upstream.makeAudio !== undefined)) return;
      throw new GatewayError(
        "not-found",
        "There is no audio here: no upstream of this gateway has models that transcribe or speak. Its operator can add one that does, such as " +
          "vLLM, Speaches or OpenAI: COMPATIBLE_BASE_URL, or an entry in gateway.yaml.",
        { shouldRetry: false },
      );
    },
    answer: (request, context) => (sink) => answer(request, context, sink),
  };
}

async function askUpstream(
  upstream: Upstream,
  request: AudioRequest,
  asking: AskOptions,
  sink: Sink<AudioPiece>,
): Promise<void> {
  if (upstream.makeAudio === undefined) {
    throw new GatewayError("unsupported", `${upstream.name} has no audio.`, { retry: "other" });
  }
  await upstream.makeAudio(request, asking, sink);
}
