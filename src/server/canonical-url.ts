/** What stands in front of a route in the base URLs of other services, and routes that were taken for a base URL. */
const prefixes = String.raw`v1(?:beta|alpha)?|openai|api|ollama|anthropic|chat/+completions|completions|responses|messages|embeddings|images/+generations`;

/** How the routes of the APIs begin, behind `/v1`. */
const routes = String.raw`chat/+completions|completions|responses|messages|models|embeddings|images|usage|conversations|audio/+(?:transcriptions|translations|speech)`;

/** Everything before the last route of a path. An id of a model may look like anything, so nothing behind `models` counts. */
const beforeRoute = new RegExp(String.raw`^/+(?:(?:${prefixes})/+)*(?=(?:${routes})(?:[/?#]|$))`);

/** The routes of Ollama's API, behind `/api`. */
const ollamaRoutes = String.raw`version|tags|show|ps|chat|generate|embed|embeddings|pull|push|create|copy|delete|blobs/[^/?#]+`;

/** What was typed before one of them, as it stands in base URLs of other APIs or of Ollama behind something. */
const beforeOllamaRoute = new RegExp(
  String.raw`^/+(?:(?:v1|api|ollama)/+)*(?=api/+(?:${ollamaRoutes})/*(?:[?#]|$))`,
);

/** Gemini's models, where the last version before them is one of its own; the others are OpenAI's. */
const geminiModels = new RegExp(String.raw`^/+(?:(?:${prefixes})/+)*v1(?:beta|alpha)/+models(?=[/?#]|$)`);

/** What Vertex AI has before its models. Source: https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest */
const vertex = String.raw`(?:v1beta1/+)?(?:projects/+[^/?#]+/+locations/+[^/?#]+/+)?publishers/+[^/?#]+/+`;

/**
 * Gemini's methods of a model, behind any version or none, and as Vertex AI has them: no other API does. The id may hold slashes and colons, and the last
 * colon may be encoded.
 */
const geminiMethod = new RegExp(
  String.raw`^/+(?:(?:${prefixes})/+)*(?:${vertex})?models/+([^?#]+?)(?::|%3[Aa])(generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents)/*(?=[?#]|$)`,
);

/**
 * The URL of the route that a request means. Base URLs are typed by people: without `/v1`, with it twice, with another
 * service's prefix, or with the whole route. `/chat/completions`, `/v1/v1/models`, `/openai/v1/responses` and
 * `/v1/messages/v1/messages` all lead to their route, and so do `/v1/v1beta/models` and `/models/m:generateContent`, also with Vertex AI's project in front of it; what leads to
 * none stays as it is. Nothing is decoded, so a path that only looks like a route when it is decoded is none. `/api/embeddings` is Ollama's.
 */
export function toCanonicalUrl(url: string): string {
  if (beforeOllamaRoute.test(url)) return url.replace(beforeOllamaRoute, "/");
  if (geminiMethod.test(url)) return url.replace(geminiMethod, "/v1beta/models/$1:$2");
  if (geminiModels.test(url)) return url.replace(geminiModels, "/v1beta/models");
  return url.replace(beforeRoute, "/v1/");
}
