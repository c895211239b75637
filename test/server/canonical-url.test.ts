import { expect, test } from "vitest";

import { toCanonicalUrl } from "../../src/server/canonical-url.ts";

test.each([
  // Without the version, and with it too often.
  ["/chat/completions", "/v1/chat/completions"],
  ["/completions", "/v1/completions"],
  ["/responses", "/v1/responses"],
  ["/responses/resp_1/input_items?limit=2", "/v1/responses/resp_1/input_items?limit=2"],
  ["/messages", "/v1/messages"],
  ["/messages/count_tokens?beta=true", "/v1/messages/count_tokens?beta=true"],
  ["/models", "/v1/models"],
  ["/models/meta-llama/Llama-3.3-70B", "/v1/models/meta-llama/Llama-3.3-70B"],
  ["/embeddings", "/v1/embeddings"],
  ["/usage", "/v1/usage"],
  ["/images/generations", "/v1/images/generations"],
  ["/images/files/a.webp?sig=x", "/v1/images/files/a.webp?sig=x"],
  ["/v1/v1/chat/completions", "/v1/chat/completions"],
  ["/v1/v1/v1/models?limit=1", "/v1/models?limit=1"],
  // With what other services have in front.
  ["/openai/v1/chat/completions", "/v1/chat/completions"],
  ["/api/v1/models", "/v1/models"],
  ["/anthropic/v1/messages", "/v1/messages"],
  ["/anthropic/messages", "/v1/messages"],
  ["/v1beta/openai/chat/completions", "/v1/chat/completions"],
  ["/ollama/v1/chat/completions", "/v1/chat/completions"],
  ["/api/embeddings/embeddings", "/v1/embeddings"],
  // Ollama's, behind base URLs of others.
  ["/v1/api/chat", "/api/chat"],
  ["/api/api/tags", "/api/tags"],
  ["/ollama/api/show/?x=1", "/api/show/?x=1"],
  ["/v1/api/embeddings", "/api/embeddings"],
  // With a route as the base URL.
  ["/v1/chat/completions/chat/completions", "/v1/chat/completions"],
  ["/v1/chat/completions/v1/chat/completions", "/v1/chat/completions"],
  ["/v1/messages/v1/messages", "/v1/messages"],
  ["/v1/messages/v1/messages/count_tokens", "/v1/messages/count_tokens"],
  ["/v1/responses/responses", "/v1/responses"],
  ["/v1/chat/completions/models", "/v1/models"],
  ["/v1/images/generations/images/generations", "/v1/images/generations"],
  ["//v1//chat//completions//", "/v1/chat//completions//"],
  // Gemini's, whose last version decides, but for the methods that no other API has.
  ["/v1beta/models", "/v1beta/models"],
  ["/v1/v1beta/models/a/b?key=x", "/v1beta/models/a/b?key=x"],
  ["/v1beta/v1alpha/models", "/v1beta/models"],
  ["/v1beta/openai/models", "/v1/models"],
  ["/v1beta/v1/models", "/v1/models"],
  ["/v1/models/m:generateContent", "/v1beta/models/m:generateContent"],
  // As Vertex AI has them, with a project and by a key alone.
  [
    "/v1beta1/projects/p/locations/global/publishers/google/models/a/b:streamGenerateContent?alt=sse",
    "/v1beta/models/a/b:streamGenerateContent?alt=sse",
  ],
  ["/v1/publishers/google/models/m:generateContent", "/v1beta/models/m:generateContent"],
  ["/v1beta1/publishers/google/models/m", "/v1beta1/publishers/google/models/m"],
  ["/v1beta1/models/m:generateContent", "/v1beta1/models/m:generateContent"],
  ["/models/a/b:8b:streamGenerateContent?alt=sse", "/v1beta/models/a/b:8b:streamGenerateContent?alt=sse"],
  ["/v1beta/models/a%2Fb%3AcountTokens/", "/v1beta/models/a%2Fb:countTokens"],
  ["/v1/models/qwen3:8b", "/v1/models/qwen3:8b"],
  ["/v1/models/m?x=:generateContent", "/v1/models/m?x=:generateContent"],
])("%s means %s", (url, canonical) => {
  expect(toCanonicalUrl(url)).toBe(canonical);
  // What is canonical stays.
  expect(toCanonicalUrl(canonical)).toBe(canonical);
});

test.each([
  "/",
  "",
  "*",
  "/health",
  "/v1",
  "/v1/nothing",
  "/api/chat",
  "/api/embeddings",
  "/api/embed?x=1",
  "/api/blobs/sha256:0a",
  "/api/nothing",
  "/elsewhere/v1/models",
  "/v1/models/v1/chat/completions",
  "/v1/models/openai/models",
  "/v1/responses/resp_1/cancel",
  "/modelsx",
  "/%63hat/completions",
  "/?x=/v1/v1/models",
  "http://elsewhere/chat/completions",
])("%s stays", (url) => {
  expect(toCanonicalUrl(url)).toBe(url);
});
