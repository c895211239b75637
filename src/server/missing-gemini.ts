import { GatewayError, shorten } from "../errors.ts";

/** What of Gemini's API is not here, and what to do instead. */
const noFiles = "This gateway stores no files: send their bytes along as 'inlineData'.";
const missing: Readonly<Record<string, string>> = {
  files: noFiles,
  upload: noFiles,
  cachedContents: "This gateway keeps no content for later requests: send it along with each.",
  interactions: "This gateway keeps no interactions: send the conversation to generateContent.",
};

const inAll =
  "Of Gemini's API there are models, and of each generateContent, streamGenerateContent, countTokens, embedContent and batchEmbedContents.";

/** Whether a path is one of Gemini's API: it alone has versions of these names, one of them at Vertex AI. */
export function isGeminiPath(path: string): boolean {
  return /^\/+(?:upload\/+)?v1(?:beta1?|alpha)(?:[/?#]|$)/.test(path);
}

/** The failure of a request for what Gemini's API has and this gateway has not; `path` is without its query. */
export function refuseMissing(path: string): GatewayError {
  const [first = "", second = ""] = path.split(/\/+/).filter((segment) => segment !== "");
  const name = first === "upload" ? first : (second.split(":", 1)[0] ?? "");
  const shown = shorten(path);
  const reason = Object.hasOwn(missing, name) ? missing[name] : undefined;
  return new GatewayError("unsupported", reason ?? `There is nothing at ${shown}. ${inAll}`, {
    status: 501,
    shouldRetry: false,
    sent: [shown],
  });
}
