import { GatewayError } from "../errors.ts";
import type { Leg } from "../model/leg.ts";
import { pictureSettings } from "../model/picture.ts";
import { iterate } from "../stream/iterate.ts";
import { linkSignal } from "../stream/link-signal.ts";
import type {
  AskOptions,
  ImageEvent,
  ImageRequest,
  PictureUpstream,
  Upstream,
} from "../upstreams/upstream.ts";
import type { Router } from "./router.ts";

/**
 * All upstreams that draw, as one: an image is made by the first that takes the order, of those that have the model, by the rules of
 * all answers (docs/routing.md). What it does not take of the settings is told to the watch. A file is looked for at each of them.
 */
export function routePictures(
  router: Pick<Router, "catalogue" | "route" | "upstreamOf" | "upstreams">,
): PictureUpstream {
  const all = (): readonly PictureUpstream[] =>
    router.upstreams.flatMap(({ pictures }) => (pictures === undefined ? [] : [pictures]));

  /** Who has the model; an upstream draws by its own also while its list hides it. */
  async function legsOf(id: string, signal: AbortSignal): Promise<readonly Leg[]> {
    const catalogue = await router.catalogue(signal);
    const known = catalogue.find(id) ?? catalogue.pass(id);
    if (known !== undefined) return known.legs;
    return router.upstreams
      .filter(({ pictures }) => pictures?.defaultModel.toLowerCase() === id.toLowerCase())
      .map(({ name }) => ({ upstream: name, model: { id, kind: "image" } }));
  }

  async function* makeImage(
    request: ImageRequest,
    signal: AbortSignal,
    watch?: Parameters<PictureUpstream["makeImage"]>[2],
  ): AsyncIterable<ImageEvent> {
    const legs = (await legsOf(request.model, signal)).filter(
      (leg) => router.upstreamOf(leg).pictures !== undefined,
    );
    if (legs.length === 0) throw createNobodyDrawsError();
    const left = linkSignal(signal);
    try {
      yield* iterate<ImageEvent>(
        (sink) =>
          router.route(
            {
              model: request.model,
              legs,
              signal: left.signal,
              watch,
              progressOf: ({ type }) => (type === "done" ? "end" : "part"),
              async ask(leg, upstream, asking, give) {
                for await (const event of drawAt(upstream, { ...request, model: leg.model.id }, asking)) {
                  await give(event);
                }
              },
            },
            sink,
          ),
        left.abort,
      );
    } finally {
      left.release();
    }
  }

  return {
    get defaultModel() {
      return all()[0]?.defaultModel ?? "";
    },
    makeImage,
    async openImage(name, ifNoneMatch, signal) {
      let failure: unknown = createNobodyDrawsError();
      for (const pictures of all()) {
        try {
          return await pictures.openImage(name, ifNoneMatch, signal);
        } catch (error) {
          failure = error;
          if (!(error instanceof GatewayError) || error.kind !== "not-found") throw error;
        }
      }
      throw failure;
    },
  };
}

/** Draws at one upstream. What has no effect there is known only when it has taken the order. */
async function* drawAt(
  { pictures }: Upstream,
  request: ImageRequest,
  { signal, watch }: AskOptions,
): AsyncGenerator<ImageEvent, void, undefined> {
  if (pictures === undefined) throw createNobodyDrawsError();
  const { settings = {} } = request;
  const lost = pictureSettings.filter(
    (name) => settings[name] !== undefined && pictures.settings?.includes(name) !== true,
  );
  let taken = false;
  for await (const event of pictures.makeImage(request, signal, watch)) {
    if (!taken && lost.length > 0) watch?.ignore?.(lost);
    taken = true;
    yield event;
  }
}

function createNobodyDrawsError(): GatewayError {
  return new GatewayError(
    "not-found",
    "No upstream of this gateway draws. Its operator can add one that does: a server with an image model, by " +
      "COMPATIBLE_BASE_URL or an entry in gateway.yaml.",
    { shouldRetry: false },
  );
}
