import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createChatService } from "../../src/completion/create-chat-service.ts";
import { readConfig } from "../../src/config.ts";
import { parseRequest as parseAnthropicRequest } from "../../src/dialects/anthropic-messages/index.ts";
import { parseRequest as parseChatRequest } from "../../src/dialects/openai-chat/index.ts";
import {
  parseRequest as parseResponsesRequest,
  resolveRequest as resolveResponsesRequest,
} from "../../src/dialects/openai-responses/index.ts";
import { GatewayError } from "../../src/errors.ts";
import type { ChatRequest } from "../../src/model/request.ts";
import { createFakeUpstream } from "../support/fake-upstream.ts";
import { routerOf } from "../support/router-of.ts";
import { answerOf, collect } from "../support/sources.ts";

const keywords =
  `type properties required items prefixItems enum const anyOf oneOf allOf not if then $ref $defs $id $schema $anchor
   pattern patternProperties additionalProperties propertyNames dependentSchemas minimum maxLength multipleOf uniqueItems
   default examples format description title nullable toString __proto__ constructor $dynamicRef $async
   unevaluatedProperties discriminator`.split(/\s+/);

/** What has no words of its own: JSON that borrows the names of methods. */
const odd = fc.constantFrom<unknown>(
  { toString: 1 },
  { valueOf: 1, toString: 1 },
  { toJSON: 1 },
  { length: 1e9 },
  [{ toString: 1 }],
  [[{ toString: null }]],
  { constructor: { name: 1 } },
  { hasOwnProperty: 1 },
  { next: 1 },
  "objekt",
  "#",
  "#/properties/a",
  -1,
  null,
  true,
  [],
);

const keyword = fc.constantFrom(...keywords);

/** A schema whose keywords hold anything that JSON can hold, `__proto__` as a key of its own included. */
const schema: fc.Arbitrary<Record<string, unknown>> = fc
  .array(
    fc.tuple(
      keyword,
      fc.oneof(
        odd,
        fc.jsonValue({ maxDepth: 2 }),
        fc.dictionary(fc.constantFrom("a", ...keywords), odd, { maxKeys: 2 }),
        fc.dictionary(
          fc.constantFrom("a", "__proto__"),
          fc.array(fc.tuple(keyword, odd), { maxLength: 2 }).map((entries) => Object.fromEntries(entries)),
          { maxKeys: 2 },
        ),
      ),
    ),
    { minLength: 1, maxLength: 3 },
  )
  // As it comes from a body: `JSON.parse` makes `__proto__` a key like any other.
  .map((entries): Record<string, unknown> => JSON.parse(JSON.stringify(Object.fromEntries(entries))));

const call = `<tool_call>\n{"name": "x", "arguments": {"a": "1", "type": null, "toString": [1]}}\n</tool_call>`;

async function answer(request: ChatRequest, text: string): Promise<void> {
  const service = createChatService({
    config: readConfig({ REPAIR_TURNS: "0" }),
    router: routerOf(createFakeUpstream([{ deltas: [text] }], [{ id: "m", kind: "chat" }])),
    images: {
      generate: () => {
        throw new Error("No image was expected.");
      },
      publish: () => "",
    },
    newId: (prefix) => `${prefix}1`,
  });
  const signal = new AbortController().signal;
  await service.countTokens(request, signal);
  await collect(answerOf(service, request, { signal, baseUrl: "http://gw", whole: true }));
}

const messages = [{ role: "user", content: "hi" }];
const context = {
  responseId: "resp_1",
  history: [],
  references: new Map(),
  openSummary: () => undefined,
  temperature: undefined,
  topP: undefined,
};

const dialects: Record<
  string,
  (odd: object) => readonly [tool: () => ChatRequest, format: () => ChatRequest]
> = {
  "chat completions": (parameters) => [
    () =>
      parseChatRequest({
        model: "m",
        messages,
        tools: [{ type: "function", function: { name: "x", parameters } }],
      }).request,
    () =>
      parseChatRequest({
        model: "m",
        messages,
        response_format: { type: "json_schema", json_schema: { name: "x", schema: parameters } },
      }).request,
  ],
  messages: (input_schema) => [
    () =>
      parseAnthropicRequest({ model: "m", max_tokens: 99, messages, tools: [{ name: "x", input_schema }] })
        .request,
    () =>
      parseAnthropicRequest({
        model: "m",
        max_tokens: 99,
        messages,
        output_config: { format: { type: "json_schema", schema: input_schema } },
      }).request,
  ],
  responses: (parameters) => [
    () =>
      resolveResponsesRequest(
        parseResponsesRequest({
          model: "m",
          input: "hi",
          tools: [{ type: "function", name: "x", parameters }],
        }),
        context,
      ).request,
    () =>
      resolveResponsesRequest(
        parseResponsesRequest({
          model: "m",
          input: "hi",
          text: { format: { type: "json_schema", name: "x", schema: parameters } },
        }),
        context,
      ).request,
  ],
};

/** Whatever a schema is, the request is answered or refused in words. */
async function expectWords(parse: () => ChatRequest, text: string): Promise<void> {
  try {
    await answer(parse(), text);
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).not.toMatchObject({ kind: "internal" });
    expect(String(error)).not.toMatch(/call stack|primitive|is not a function|undefined/);
  }
}

describe.each(Object.entries(dialects))("schemas of %s that hold anything", (_name, make) => {
  test("are never an error of ours", async () => {
    await fc.assert(
      fc.asyncProperty(schema, async (parameters) => {
        const [tool, format] = make(parameters);
        await expectWords(tool, call);
        await expectWords(format, '{"a": "1", "type": null}');
      }),
      { numRuns: 60 },
    );
  });

  test.each(keywords)("an object with toString as %s", async (name) => {
    for (const value of [{ toString: 1 }, [{ toString: 1 }], { a: { toString: 1 } }]) {
      const inner: unknown = JSON.parse(`{${JSON.stringify(name)}: ${JSON.stringify(value)}}`);
      for (const parameters of [inner, { type: "object", properties: { a: inner } }]) {
        const [tool, format] = make(Object(parameters));
        await expectWords(tool, call);
        await expectWords(format, '{"a": "1"}');
      }
    }
  });
});
