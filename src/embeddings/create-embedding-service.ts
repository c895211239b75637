import type { ChatService } from "../completion/chat-service.ts";
import { resolveSpecialModel } from "../completion/resolve-special-model.ts";
import { GatewayError } from "../errors.ts";
import type { EmbeddingRequest, EmbeddingResponse } from "../model/embedding.ts";
import type { Leg } from "../model/leg.ts";
import type { Router } from "../routing/router.ts";
import type { AskOptions, Upstream } from "../upstreams/upstream.ts";
import type { EmbeddingService } from "./embedding-service.ts";

/** What the service is made of. */
export interface EmbeddingServiceOptions {
  readonly chat: Pick<ChatService, "listModels" | "resolveModel">;
  readonly router: Pick<Router, "route" | "upstreamOf" | "upstreams">;
  /** Our count of the tokens of texts, for upstreams that don't tell. */
  readonly countTokens: (texts: readonly string[], model: string, signal: AbortSignal) => Promise<number>;
}

/** Creates the embedding service. */
export function createEmbeddingService({
  chat,
  router,
  countTokens,
}: EmbeddingServiceOptions): EmbeddingService {
  const suits = ({ upstream, model }: Leg): boolean =>
    (model.kind === "embedding" || model.kindUnknown === true) &&
    router.upstreamOf({ upstream }).embed !== undefined;

  return {
    checkOffered() {
      if (router.upstreams.some((upstream) => upstream.embed !== undefined)) return;
      throw new GatewayError(
        "not-found",
        "There are no embeddings here: no upstream of this gateway has embedding models. Its operator can add one that does, such as " +
          "vLLM, llama.cpp, Ollama or OpenAI: COMPATIBLE_BASE_URL, or an entry in gateway.yaml.",
        { shouldRetry: false },
      );
    },
    async embed(request, { signal, watch }) {
      const { id, legs } = await resolveSpecialModel(
        request.model,
        {
          chat,
          kind: "embedding",
          suits,
          noun: "embedding model",
          article: "an",
          lacks: "gives no vectors",
        },
        signal,
      );
      watch?.resolve({ id, legs });
      await watch?.admit?.({
        model: { id, legs },
        countPrompt: () => estimate(request, signal),
        maxOutputTokens: 0,
      });
      const answers: EmbeddingResponse[] = [];
      await router.route<EmbeddingResponse>(
        {
          model: id,
          legs,
          signal,
          watch,
          progressOf: () => "end",
          async ask(leg, upstream, asking, give) {
            await give(await ask(upstream, { ...request, model: leg.model.id }, asking));
          },
        },
        (answer) => void answers.push(answer),
      );
      const [answer] = answers;
      if (answer === undefined) throw new GatewayError("internal", "A route ended without an answer.");
      const { vectors, inputTokens } = answer;
      return {
        model: id,
        vectors,
        usage: {
          inputTokens: inputTokens ?? (await estimate(request, signal)),
          outputTokens: 0,
          estimated: inputTokens === undefined,
        },
      };
    },
  };

  async function estimate({ input, model }: EmbeddingRequest, signal: AbortSignal): Promise<number> {
    const texts = input.filter((text) => typeof text === "string");
    const tokens = input.reduce((sum, text) => sum + (typeof text === "string" ? 0 : text.length), 0);
    return (await countTokens(texts, model, signal)) + tokens;
  }
}

async function ask(
  upstream: Upstream,
  request: EmbeddingRequest,
  asking: AskOptions,
): Promise<EmbeddingResponse> {
  if (upstream.embed === undefined) {
    throw new GatewayError("unsupported", `${upstream.name} has no embeddings.`, { retry: "other" });
  }
  return upstream.embed(request, asking);
}
