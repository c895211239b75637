import { GatewayError, toGatewayError } from "../errors.ts";
import type { Leg } from "../model/leg.ts";
import type { ImageEvent, ImageRequest, PictureUpstream } from "../upstreams/upstream.ts";
import type { Router } from "./router.ts";
import { judgeFailure } from "./verdict.ts";

/**
 * All upstreams that draw, as one: an image is made by the first that takes the order, of those that have the model. A file is
 * looked for at each of them.
 */
export function routePictures(
  router: Pick<Router, "catalogue" | "upstreamOf" | "upstreams">,
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
    let failure: GatewayError | undefined;
    for (const { upstream, model } of await legsOf(request.model, signal)) {
      const { pictures } = router.upstreamOf({ upstream });
      if (pictures === undefined) continue;
      let taken = false;
      try {
        for await (const event of pictures.makeImage({ ...request, model: model.id }, signal, watch)) {
          taken = true;
          yield event;
        }
        return;
      } catch (thrown) {
        if (taken || signal.aborted) throw thrown;
        failure = toGatewayError(thrown);
        if (judgeFailure(failure, 0).scope === "never") throw failure;
      }
    }
    throw failure ?? noPictures();
  }

  return {
    get defaultModel() {
      return all()[0]?.defaultModel ?? "";
    },
    makeImage,
    async openImage(name, ifNoneMatch, signal) {
      let failure: unknown = noPictures();
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

function noPictures(): GatewayError {
  return new GatewayError("not-found", "No upstream of this gateway draws.", { shouldRetry: false });
}
