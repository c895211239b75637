import { createConfig, lintFromString } from "@redocly/openapi-core";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";

import { requestSchema as messageSchema } from "../../../src/dialects/anthropic-messages/request-schema.ts";
import { batchEmbedBody } from "../../../src/dialects/gemini/embedding-operations.ts";
import { requestSchema as geminiSchema } from "../../../src/dialects/gemini/request-schema.ts";
import { requestSchema as chatSchema } from "../../../src/dialects/openai-chat/request-schema.ts";
import { requestSchema as embeddingsSchema } from "../../../src/dialects/openai-embeddings/request-schema.ts";
import { parseInput } from "../../../src/dialects/openai-embeddings/parse-input.ts";
import {
  conversationSchema,
  conversationUpdateSchema,
} from "../../../src/dialects/openai-responses/conversation-schema.ts";
import { requestSchema as ollamaSchema } from "../../../src/dialects/ollama-chat/request-schema.ts";
import { requestSchema as generateSchema } from "../../../src/dialects/ollama-generate/request-schema.ts";
import { parseRequest as parseEmbedRequest } from "../../../src/dialects/ollama-embeddings/index.ts";
import { requestSchema as responseSchema } from "../../../src/dialects/openai-responses/request-schema.ts";
import { createKeySchema } from "../../../src/server/admin/key-schema.ts";
import { pullSchema, showSchema } from "../../../src/server/routes/ollama-models-schema.ts";
import { describeGateway } from "../../../src/server/openapi/describe-gateway.ts";
import { listRoutes } from "../../support/list-routes.ts";
import { type AnyJson, get, send } from "../../support/post.ts";
import { startStack } from "../../support/start-stack.ts";
import { listOperations, type OpenApi } from "./support/document.ts";
import { type Described, secrets, startDescribed } from "./support/start-described.ts";

let described: Described;
beforeAll(async () => {
  described = await startDescribed();
});
afterAll(() => described[Symbol.asyncDispose]());

const toShape = (route: string) => route.replaceAll(/(?<=\/):\w+|\{\w+\}|\*/g, "{}");

/** The methods of models, which for the router are one route: what the list says can be asked of them. */
async function listMethods(): Promise<readonly string[]> {
  const { models } = (await get(`${described.url}/v1beta/models`, secrets.key)).json();
  return [...new Set<string>(models.flatMap((model: AnyJson) => model.supportedGenerationMethods))];
}

test("it has every route of a gateway, and no other", async () => {
  const documented = Object.entries(described.document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const methods = await listMethods();
  expect(methods).toContain("generateContent");
  const routes = listRoutes(described.app).flatMap((route) =>
    route === "POST /v1beta/models/*" ? methods.map((method) => `${route}:${method}`) : [route],
  );
  expect(documented.map(toShape).toSorted()).toEqual(routes.map(toShape).toSorted());
});

const serversAt = async (base: string, headers: Record<string, string> = {}) =>
  (await get(`${base}/openapi.json`, headers)).json().servers;

describe("its address", () => {
  test("is the one by which it was asked", async () => {
    expect(await serversAt(described.url)).toEqual([{ url: described.url }]);
    const proxied = { "x-forwarded-proto": "https", "x-forwarded-host": "ai.example.org" };
    expect(await serversAt(described.url, proxied)).toEqual([{ url: "https://ai.example.org" }]);
  });

  test("is PUBLIC_URL, where there is one", async () => {
    await using stack = await startStack({ env: { PUBLIC_URL: "https://ai.example.org/gateway" } });
    expect(await serversAt(stack.url)).toEqual([{ url: "https://ai.example.org/gateway" }]);
  });
});

test("it wants no key, and pages of any origin may read it", async () => {
  const reply = await get(`${described.url}/openapi.json`, { origin: "https://editor.example.org" });
  expect([reply.status, reply.headers["content-type"]]).toEqual([200, "application/json; charset=utf-8"]);
  expect(reply.headers["access-control-allow-origin"]).toBe("*");
  const { openapi, info } = reply.json();
  expect([openapi, info.title, info.license.identifier]).toEqual(["3.1.0", "akashchat-api", "AGPL-3.0-only"]);
  expect((await send("HEAD", `${described.url}/openapi.json`, null)).status).toBe(200);
});

test("Redocly's recommended rules find nothing wrong with it", async () => {
  const source = JSON.stringify({ ...describeGateway(), servers: [{ url: "https://ai.test" }] });
  const config = await createConfig({ extends: ["recommended"] });
  const problems = await lintFromString({ source, config });
  const found = problems.map(
    ({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`,
  );
  // They refuse whatever is sent, so there is no answer that is none.
  const refusing =
    /^operation-2xx-response: .*(?:~1v1~1images~1(?:edits|variations)|~1api~1(?:create|copy|delete|push|blobs~1\{digest\}))\/(?:post|delete|head)\/responses$/;
  expect(found.filter((text) => !refusing.test(text))).toEqual([]);
  expect(found).toHaveLength(8);
});

const metadataOf = (count: number, value: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`key${at}`, value]));

describe("a body's schema", () => {
  const text = { role: "user", content: "Hello" };
  const function_ = { name: "look", parameters: { type: "object" } };
  const content = { role: "user", parts: [{ text: "Hello" }] };
  const contentSchema = geminiSchema.omit({ model: true });
  const forms: readonly (readonly [
    what: string,
    operation: string,
    schema: z.ZodType,
    body: object,
    fits: boolean,
  ])[] = [
    [
      "parts",
      "createChatCompletion",
      chatSchema,
      { model: "m", messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }] },
      true,
    ],
    [
      "a tool that lies flat",
      "createChatCompletion",
      chatSchema,
      { model: "m", messages: [text], tools: [{ type: "function", ...function_ }] },
      true,
    ],
    [
      "a tool of another type",
      "createChatCompletion",
      chatSchema,
      { model: "m", messages: [text], tools: [{ type: "web_search" }] },
      true,
    ],
    [
      "a field that nothing knows",
      "createChatCompletion",
      chatSchema,
      { model: "m", messages: [text], colour: "red" },
      true,
    ],
    ["null", "createChatCompletion", chatSchema, { model: "m", messages: [text], temperature: null }, true],
    [
      "another role",
      "createChatCompletion",
      chatSchema,
      { model: "m", messages: [{ ...text, role: "king" }] },
      false,
    ],
    [
      "a temperature that is too high",
      "createChatCompletion",
      chatSchema,
      { model: "m", messages: [text], temperature: 3 },
      false,
    ],
    ["no messages", "createChatCompletion", chatSchema, { model: "m" }, false],
    ["a text", "createResponse", responseSchema, { model: "m", input: "Hello" }, true],
    ["a message without a type", "createResponse", responseSchema, { model: "m", input: [text] }, true],
    [
      "a reference without a type",
      "createResponse",
      responseSchema,
      { model: "m", input: [{ id: "msg_1" }] },
      true,
    ],
    [
      "an item of another type",
      "createResponse",
      responseSchema,
      { model: "m", input: [{ type: "web_search_call", id: "ws_1" }] },
      true,
    ],
    [
      "a tool of another type",
      "createResponse",
      responseSchema,
      { model: "m", input: "Hello", tools: [{ type: "web_search" }] },
      true,
    ],
    [
      "metadata",
      "createResponse",
      responseSchema,
      { model: "m", input: "Hello", metadata: { a: "1" } },
      true,
    ],
    [
      "metadata that is no text",
      "createResponse",
      responseSchema,
      { model: "m", input: "Hello", metadata: { a: 1 } },
      false,
    ],
    ["an input that is a number", "createResponse", responseSchema, { model: "m", input: 1 }, false],
    [
      "texts in the place of blocks",
      "createMessage",
      messageSchema,
      { model: "m", max_tokens: 1, system: "Be brief.", messages: [text] },
      true,
    ],
    [
      "blocks",
      "createMessage",
      messageSchema,
      { model: "m", max_tokens: 1, messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }] },
      true,
    ],
    [
      "the result of a tool as a text",
      "createMessage",
      messageSchema,
      {
        model: "m",
        max_tokens: 1,
        messages: [{ role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "x" }] }],
      },
      true,
    ],
    [
      "a block of another type",
      "createMessage",
      messageSchema,
      { model: "m", max_tokens: 1, messages: [{ role: "user", content: [{ type: "song" }] }] },
      false,
    ],
    ["no max_tokens", "createMessage", messageSchema, { model: "m", messages: [text] }, false],
    ["no messages", "createOllamaChat", ollamaSchema, { model: "m" }, true],
    [
      "arguments as an object",
      "createOllamaChat",
      ollamaSchema,
      {
        model: "m",
        messages: [{ role: "assistant", tool_calls: [{ function: { name: "a", arguments: { b: 1 } } }] }],
      },
      true,
    ],
    ["a time", "createOllamaChat", ollamaSchema, { model: "m", keep_alive: "1h30m" }, true],
    ["a time that is none", "createOllamaChat", ollamaSchema, { model: "m", keep_alive: "soon" }, false],
    ["an option", "createOllamaChat", ollamaSchema, { model: "m", options: { num_ctx: 8192 } }, true],
    [
      "an option that is wrong",
      "createOllamaChat",
      ollamaSchema,
      { model: "m", options: { stop: 1 } },
      false,
    ],
    ["a picture that is no text", "createOllamaGenerate", generateSchema, { model: "m", images: [1] }, false],
    ["the name of before", "showOllamaModel", showSchema, { name: "m" }, true],
    ["no name", "showOllamaModel", showSchema, { verbose: true }, false],
    ["a switch that is a text", "pullOllamaModel", pullSchema, { model: "m", stream: "no" }, false],
    [
      "a period in another word",
      "createKey",
      createKeySchema,
      { name: "a", budget: { tokens: 1, period: "daily" } },
      true,
    ],
    ["a time in seconds", "createKey", createKeySchema, { name: "a", expires_at: 1_900_000_000 }, true],
    [
      "a period that there is not",
      "createKey",
      createKeySchema,
      { name: "a", budget: { tokens: 1, period: "yearly" } },
      false,
    ],
    ["a field that nothing knows", "createKey", createKeySchema, { name: "a", colour: "red" }, false],
    ["contents", "generateContent", contentSchema, { contents: [content] }, true],
    ["a content that is no list", "generateContent", contentSchema, { contents: content }, true],
    [
      "a part that is no list",
      "generateContent",
      contentSchema,
      { contents: { parts: { text: "Hi" } } },
      true,
    ],
    [
      "instructions as a text",
      "generateContent",
      contentSchema,
      { contents: [content], systemInstruction: "Be brief." },
      true,
    ],
    [
      "settings that are null",
      "generateContent",
      contentSchema,
      { contents: [content], generationConfig: null, toolConfig: null },
      true,
    ],
    [
      "a function",
      "generateContent",
      contentSchema,
      { contents: [content], tools: { functionDeclarations: { name: "look" } } },
      true,
    ],
    ["no contents", "generateContent", contentSchema, {}, false],
    [
      "nine answers",
      "generateContent",
      contentSchema,
      { contents: [content], generationConfig: { candidateCount: 9 } },
      false,
    ],
    ["texts", "batchEmbedContents", batchEmbedBody, { requests: [{ content }] }, true],
    ["no requests", "batchEmbedContents", batchEmbedBody, { requests: [] }, false],
    ["an empty conversation", "createConversation", conversationSchema, {}, true],
    ["metadata", "createConversation", conversationSchema, { metadata: metadataOf(16, "x") }, true],
    ["too much of it", "createConversation", conversationSchema, { metadata: metadataOf(17, "x") }, false],
    ["metadata that are no text", "createConversation", conversationSchema, { metadata: { a: 1 } }, false],
    ["a long name", "createConversation", conversationSchema, { metadata: { ["x".repeat(65)]: "" } }, false],
    ["no metadata", "changeConversation", conversationUpdateSchema, { metadata: null }, true],
    ["metadata left out", "changeConversation", conversationUpdateSchema, {}, false],
  ];
  const ajv = new Ajv2020({ strict: false, validateFormats: false });

  function accepts(id: string, body: object): boolean {
    const { document } = described;
    if (ajv.getSchema("https://forms.test/") === undefined)
      ajv.addSchema({ $id: "https://forms.test/", ...document });
    const content = listOperations(document).get(id)?.requestBody?.content["application/json"];
    const schema = JSON.stringify(content?.schema).replaceAll('"#/', '"https://forms.test/#/');
    return ajv.compile(JSON.parse(schema))(body);
  }

  test.each(forms)("%s of %s: as it is parsed", (_what, id, schema, body, fits) => {
    expect(schema.safeParse(body).success).toBe(fits);
    expect(accepts(id, body)).toBe(fits);
  });

  test.each(["a", ["a", "b"], [1, 2], [[1, 2], [3]]])("texts and tokens of embeddings: %j", (input) => {
    expect(embeddingsSchema.safeParse({ input }).success).toBe(true);
    expect(() => parseInput(input)).not.toThrow();
    expect(accepts("createEmbeddings", { input })).toBe(true);
  });

  test.each(["a", ["a", "b"], "", [], null])("texts of Ollama's: %j", (input) => {
    expect(() => parseEmbedRequest({ model: "m", input })).not.toThrow();
    expect(accepts("createOllamaEmbed", { model: "m", input })).toBe(true);
  });

  test.each([[""], 1, [1.5], { a: 1 }])("and what is none of these: %j", (input) => {
    expect(() => parseEmbedRequest({ model: "m", input })).toThrow(/input/);
    expect(accepts("createOllamaEmbed", { model: "m", input })).toBe(false);
  });

  test.each(["", [], [""], 1, [1.5]])("and what is none: %j", (input) => {
    expect(() => parseInput(input)).toThrow(/input/);
    expect(accepts("createEmbeddings", { input })).toBe(false);
  });
});

test("each field of a dialect's body says what becomes of it", () => {
  const bodies = [
    "ChatCompletionRequest",
    "CompletionRequest",
    "ResponseRequest",
    "MessageRequest",
    "ImageRequest",
    "EmbeddingsRequest",
    "GeminiRequest",
    "GeminiCountRequest",
    "GeminiEmbedRequest",
    "GeminiBatchEmbedRequest",
    "ConversationRequest",
    "ConversationUpdateRequest",
    "ConversationItemsRequest",
    "OllamaChatRequest",
    "OllamaGenerateRequest",
    "OllamaEmbedRequest",
    "OllamaEmbeddingsRequest",
    "OllamaShowRequest",
    "OllamaPullRequest",
  ];
  const { schemas } = described.document.components;
  const states = bodies.flatMap((name) => {
    const { properties = {} } = (schemas[name] ?? {}) as {
      properties?: Record<string, Record<string, unknown>>;
    };
    return Object.entries(properties).map(([field, told]) => [`${name}.${field}`, told["x-support"]]);
  });
  expect(states.length).toBeGreaterThan(100);
  const known = ["honoured", "refused", "ignored", "by-upstream"];
  expect(states.filter(([, state]) => !known.includes(String(state)))).toEqual([]);
  const chat = schemas["ChatCompletionRequest"] as OpenApi["components"]["schemas"];
  expect(chat["properties"]).toMatchObject({
    logit_bias: { "x-support": "ignored", description: "Ignored." },
    top_k: { "x-support": "by-upstream", description: expect.stringMatching(/^By upstream\. A whole/) },
    audio: { "x-support": "refused" },
  });
});
