/** What stands in front of a route in the base URLs of other services, and routes that were taken for a base URL. */
const prefixes = String.raw`v1(?:beta)?|openai|api|anthropic|chat/+completions|completions|responses|messages|embeddings|images/+generations`;

/** How the routes of the APIs begin, behind `/v1`. */
const routes = String.raw`chat/+completions|completions|responses|messages|models|embeddings|images|usage|conversations|audio/+(?:transcriptions|translations|speech)`;

/** Everything before the last route of a path. An id of a model may look like anything, so nothing behind `models` counts. */
const beforeRoute = new RegExp(String.raw`^/+(?:(?:${prefixes})/+)*(?=(?:${routes})(?:[/?#]|$))`);

/**
 * The URL of the route that a request means. Base URLs are typed by people: without `/v1`, with it twice, with another
 * service's prefix, or with the whole route. `/chat/completions`, `/v1/v1/models`, `/openai/v1/responses` and
 * `/v1/messages/v1/messages` all lead to their route; what leads to none stays as it is. Nothing is decoded, so a path
 * that only looks like a route when it is decoded is none.
 */
export function toCanonicalUrl(url: string): string {
  return url.replace(beforeRoute, "/v1/");
}
