/**
 * Names of attributes, of OpenTelemetry's semantic conventions 1.37.0: those of HTTP are stable, those for generative AI in
 * development, so that they stand here rather than come from a package that changes them.
 * Sources: https://opentelemetry.io/docs/specs/semconv/http/http-spans/,
 * https://github.com/open-telemetry/semantic-conventions/blob/v1.37.0/docs/gen-ai/gen-ai-spans.md
 */
export const attribute = {
  httpMethod: "http.request.method",
  httpRoute: "http.route",
  httpStatus: "http.response.status_code",
  errorType: "error.type",
  serverAddress: "server.address",
  serverPort: "server.port",
  operation: "gen_ai.operation.name",
  provider: "gen_ai.provider.name",
  requestModel: "gen_ai.request.model",
  finishReasons: "gen_ai.response.finish_reasons",
  inputTokens: "gen_ai.usage.input_tokens",
  outputTokens: "gen_ai.usage.output_tokens",
  // Ours, where there is no convention.
  requestId: "akashchat.request.id",
  responseId: "akashchat.response.id",
  dialect: "akashchat.dialect",
  model: "akashchat.model",
  stream: "akashchat.stream",
  outcome: "akashchat.outcome",
  firstToken: "akashchat.time_to_first_token",
  repairs: "akashchat.repairs",
  retries: "akashchat.retries",
  ignored: "akashchat.ignored_parameters",
  estimated: "akashchat.usage.estimated",
  reasoningTokens: "akashchat.usage.reasoning_tokens",
  upstreamRequestId: "akashchat.upstream.request_id",
} as const;

/** `gen_ai.operation.name` by what a request is in; every other dialect chats. */
const operations: Readonly<Record<string, string>> = {
  "openai-completions": "text_completion",
  "openai-embeddings": "embeddings",
  "openai-images": "generate_content",
  "ollama-generate": "text_completion",
  "ollama-embeddings": "embeddings",
  "openai-audio": "generate_content",
};

/** The operation of a dialect. */
export function operationOf(dialect: string | undefined): string {
  return operations[dialect ?? ""] ?? "chat";
}
