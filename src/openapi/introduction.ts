import type { Lock } from "./reference.ts";

/** What a reader of the document has to know before its operations. Markdown. */
export const introduction = `This gateway speaks the APIs of OpenAI, Anthropic, Google (Gemini) and Ollama, and one of its own. Each operation is here with
what it takes, what becomes of that, what it answers, and how it fails.

**Parameters.** Each is in one of these states, which the extension \`x-support\` tells programs:

- \`honoured\`: it does what its reference says. Where nothing is said, this is meant.
- \`refused\`: status 400, and the text names it.
- \`ignored\`: it has no effect, and is named in the header \`x-ignored-parameters\` of the answer.
- \`by-upstream\`: honoured where the upstream that answers takes it, else ignored and named.

A field that nothing here knows never makes a request of one of these APIs fail; a wrong type does.

**Keys.** Where the gateway wants one, it takes any of its keys as \`Authorization: Bearer …\`, \`x-api-key\`, \`api-key\`, \`x-goog-api-key\`
or \`?key=…\`, as the password (or else the user) of \`Authorization: Basic …\`, or in front of a path (\`/key/…/api/chat\`). A gateway without \`BEARER_TOKEN\`, \`ADMIN_TOKEN\` and keys wants none. The admin API wants \`ADMIN_TOKEN\`.

**Errors** have the form of the API that was asked; where no single one owns a route, Anthropic's for callers that send
\`anthropic-version\`, and OpenAI's for all others. Beside what is said of them they may have the headers of an answer. A stream that has begun and fails ends with an event that says so, never as if it were complete.

**Streams** are server-sent events (\`text/event-stream\`); where Gemini's API gives an array instead, its items come as they are made. Their schema is that of the JSON in each event's \`data\`; \`x-stream-events\` has the
events by their names, where they have names, and \`x-stream-end\` the \`data\` that ends the stream and is no JSON. Ollama's are lines of JSON
(\`application/x-ndjson\`): the schema is that of each line, and \`x-stream-last\` that of the last one. In silence there are heartbeats.

Every \`GET\` answers \`HEAD\`, too. A path that has no such method answers 405, one that is not there 404. Sections that are named here and are
not in this document, such as *Effort* or *Model names*, are in \`docs/api.md\`, which comes with the gateway.`;

/** How secrets are told, by the names of OpenAPI. */
export const securitySchemes = {
  bearer: {
    type: "http",
    scheme: "bearer",
    description: "A key of the gateway, its BEARER_TOKEN or its ADMIN_TOKEN.",
  },
  xApiKey: {
    type: "apiKey",
    in: "header",
    name: "x-api-key",
    description: "The same, as Anthropic's API has it.",
  },
  apiKey: { type: "apiKey", in: "header", name: "api-key", description: "The same, as Azure has it." },
  xGoogApiKey: {
    type: "apiKey",
    in: "header",
    name: "x-goog-api-key",
    description: "The same, as Gemini has it.",
  },
  basic: {
    type: "http",
    scheme: "basic",
    description: "The same as the password, or else as the user: https://key@host.",
  },
  keyInAddress: {
    type: "apiKey",
    in: "query",
    name: "key",
    description: "The same in the address, but for ADMIN_TOKEN: addresses stand in the logs of proxies.",
  },
  adminToken: { type: "http", scheme: "bearer", description: "The gateway's ADMIN_TOKEN." },
  metricsToken: { type: "http", scheme: "bearer", description: "The gateway's METRICS_TOKEN." },
} as const;

type Requirement = Readonly<Partial<Record<keyof typeof securitySchemes, readonly []>>>;

/** What each lock wants: one of these. The empty one is nothing, which does for a gateway that wants no key. */
export const locks: Readonly<Record<Lock, readonly Requirement[]>> = {
  key: [
    { bearer: [] },
    { xApiKey: [] },
    { apiKey: [] },
    { xGoogApiKey: [] },
    { basic: [] },
    { keyInAddress: [] },
    {},
  ],
  admin: [{ adminToken: [] }],
  metrics: [{ metricsToken: [] }],
  none: [],
};
