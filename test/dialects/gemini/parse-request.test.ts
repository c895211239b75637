import { describe, expect, it, test } from "vitest";

import { parseCountTokens, parseRequest } from "../../../src/dialects/gemini/parse-request.ts";
import { GatewayError } from "../../../src/errors.ts";
import type { ChatRequest } from "../../../src/model/request.ts";

const contents = [{ role: "user", parts: [{ text: "Hello" }] }];
const hello = { model: "m", contents };

const parse = (fields: object): ChatRequest => parseRequest({ ...hello, ...fields }).request;
const messagesOf = (...turns: object[]): ChatRequest["messages"] => parse({ contents: turns }).messages;
const user = (...parts: object[]) => ({ role: "user", parts });
const model = (...parts: object[]) => ({ role: "model", parts });
const configured = (generationConfig: object) => parseRequest({ ...hello, generationConfig });

function failure(fields: object): GatewayError {
  try {
    parseRequest({ ...hello, ...fields });
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error("The request was accepted.");
}

describe("a request to generateContent", () => {
  it("needs no more than contents", () => {
    expect(parseRequest(hello)).toEqual({
      request: {
        model: "m",
        messages: [{ role: "user", parts: [{ type: "text", text: "Hello" }] }],
        tools: [],
        toolChoice: { kind: "auto" },
        parallelToolCalls: true,
        responseFormat: { kind: "text" },
        sampling: {},
        stopSequences: [],
        reasoning: "drop",
      },
      stream: false,
      ignored: [],
      spellings: {},
      choices: 1,
      bareEnum: false,
    });
  });

  it("reads every setting that has an effect", () => {
    const parsed = configured({
      temperature: 0,
      topP: 0.5,
      topK: 40.0,
      seed: 0,
      presencePenalty: 0.5,
      frequencyPenalty: 0,
      maxOutputTokens: 100,
      stopSequences: ["END", ""],
      candidateCount: 2,
      thinkingConfig: { includeThoughts: true, thinkingLevel: "HIGH" },
    });
    expect(parsed.request).toMatchObject({
      sampling: { temperature: 0, topP: 0.5, topK: 40, seed: 0, presencePenalty: 0.5, frequencyPenalty: 0 },
      maxOutputTokens: 100,
      stopSequences: ["END"],
      effort: "high",
      reasoning: "field",
    });
    expect(parsed.choices).toBe(2);
    expect(parsed.spellings).toEqual({
      temperature: ["generationConfig.temperature"],
      topP: ["generationConfig.topP"],
      topK: ["generationConfig.topK"],
      seed: ["generationConfig.seed"],
      presencePenalty: ["generationConfig.presencePenalty"],
      effort: ["generationConfig.thinkingConfig.thinkingLevel"],
    });
    expect(parsed.ignored.toSorted()).toEqual([
      "generationConfig.presencePenalty",
      "generationConfig.seed",
      "generationConfig.thinkingConfig.thinkingLevel",
      "generationConfig.topK",
    ]);
  });

  it("takes both spellings of a field, and single objects for lists, as Google's parser does", () => {
    const snake = parseRequest({
      model: "models/m",
      system_instruction: { parts: { text: "Be brief." } },
      contents: { parts: { inline_data: { mime_type: "image/png", data: "AA-_" } } },
      tools: {
        function_declarations: {
          name: "a_b",
          parameters: { type: "OBJECT", properties: { c_d: { type: "STRING", max_length: "3" } } },
        },
      },
      generation_config: { max_output_tokens: 5, thinking_config: { thinking_budget: 2000 } },
    });
    expect(snake.request).toMatchObject({
      model: "m",
      messages: [
        { role: "system", parts: [{ type: "text", text: "Be brief." }] },
        {
          role: "user",
          parts: [{ type: "image", source: { kind: "data", mediaType: "image/png", base64: "AA+/" } }],
        },
      ],
      tools: [
        {
          name: "a_b",
          parameters: { type: "object", properties: { c_d: { type: "string", maxLength: 3 } } },
        },
      ],
      maxOutputTokens: 5,
      effort: "low",
    });
  });

  test.each([
    [{ thinkingBudget: 0 }, "none"],
    [{ thinkingBudget: -1 }, undefined],
    [{ thinkingBudget: 20_000 }, "high"],
    [{ thinkingLevel: "MINIMAL" }, "minimal"],
    [{ thinkingLevel: "low", thinkingBudget: 0 }, "none"],
    [{ thinkingLevel: "THINKING_LEVEL_UNSPECIFIED" }, undefined],
    [{ includeThoughts: true }, undefined],
  ])("%j is the effort %s", (thinkingConfig, effort) => {
    expect(configured({ thinkingConfig }).request.effort).toBe(effort);
  });

  it("names what has no effect", () => {
    const { ignored } = parseRequest({
      ...hello,
      safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }],
      labels: { team: "a" },
      store: true,
      serviceTier: "flex",
      generationConfig: {
        mediaResolution: "MEDIA_RESOLUTION_LOW",
        responseModalities: ["TEXT", "IMAGE"],
        thinkingConfig: { thinkingLevel: "dreamy", depth: 3 },
      },
      tools: [
        {
          googleSearch: {},
          functionDeclarations: [
            { name: "f", behavior: "NON_BLOCKING", response: { type: "STRING" }, strict: true },
          ],
        },
        { urlContext: {} },
      ],
      toolConfig: {
        retrievalConfig: { languageCode: "en" },
        functionCallingConfig: { mode: "AUTO", streamFunctionCallArguments: true },
      },
    });
    expect(ignored).toEqual([
      "safetySettings",
      "store",
      "serviceTier",
      "generationConfig.mediaResolution",
      "generationConfig.thinkingConfig.depth",
      "generationConfig.responseModalities",
      "tools.googleSearch",
      "tools.urlContext",
      "tools.functionDeclarations.behavior",
      "tools.functionDeclarations.response",
      "tools.functionDeclarations.strict",
      "toolConfig.functionCallingConfig.streamFunctionCallArguments",
      "toolConfig.retrievalConfig",
      "generationConfig.thinkingConfig.thinkingLevel",
    ]);
  });

  test.each([
    [{ contents: undefined }, "invalid-request", "contents"],
    [{ contents: [] }, "invalid-request", "contents"],
    [{ contents: [{ role: "system", parts: [{ text: "x" }] }] }, "invalid-request", "contents[0].role"],
    [{ contents: [user({ nothing: 1 })] }, "invalid-request", "contents[0].parts[0]"],
    [
      { contents: [user({ functionCall: { name: "f" } })] },
      "invalid-request",
      "contents[0].parts[0].functionCall",
    ],
    [
      { contents: [model({ functionResponse: { name: "f" } })] },
      "invalid-request",
      "contents[0].parts[0].functionResponse",
    ],
    [
      { contents: [user({ functionResponse: { name: "f" } })] },
      "invalid-request",
      "contents[0].parts[0].functionResponse",
    ],
    [
      { contents: [user({ inlineData: { mimeType: "application/pdf", data: "AA" } })] },
      "unsupported",
      "contents[0].parts[0].inlineData.mimeType",
    ],
    [
      { contents: [user({ inlineData: { mimeType: "text/plain", data: "/w==" } })] },
      "invalid-request",
      "contents[0].parts[0].inlineData.data",
    ],
    [
      { contents: [user({ fileData: { fileUri: "gs://a/b", mimeType: "image/png" } })] },
      "unsupported",
      "contents[0].parts[0].fileData.fileUri",
    ],
    [
      { contents: [user({ fileData: { fileUri: "https://a/b.mp4", mimeType: "video/mp4" } })] },
      "unsupported",
      "contents[0].parts[0].fileData.mimeType",
    ],
    [
      { systemInstruction: { parts: [{ inlineData: { mimeType: "image/png", data: "AA" } }] } },
      "invalid-request",
      "systemInstruction.parts[0].inlineData",
    ],
    [{ cachedContent: "cachedContents/1" }, "unsupported", "cachedContent"],
    [{ tools: [{ googleSearch: {} }] }, "unsupported", "tools.googleSearch"],
    [
      { tools: [{ functionDeclarations: [{ name: "f" }, { name: "f" }] }] },
      "invalid-request",
      "tools[0].functionDeclarations[1].name",
    ],
    [
      { tools: [{ functionDeclarations: [{ name: "f", parameters: {}, parametersJsonSchema: {} }] }] },
      "invalid-request",
      "tools[0].functionDeclarations[0].parameters",
    ],
    [
      { toolConfig: { functionCallingConfig: { mode: "ANY" } } },
      "invalid-request",
      "toolConfig.functionCallingConfig.mode",
    ],
    [
      { toolConfig: { functionCallingConfig: { mode: "SOME" } } },
      "invalid-request",
      "toolConfig.functionCallingConfig.mode",
    ],
    [
      { toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["g"] } } },
      "invalid-request",
      "toolConfig.functionCallingConfig.allowedFunctionNames",
    ],
    [{ generationConfig: { temperature: 3 } }, "invalid-request", "generationConfig.temperature"],
    [
      { contents: [user({ text: "What is it?", inlineData: { mimeType: "image/png", data: "AA" } })] },
      "invalid-request",
      "contents[0].parts[0]",
    ],
    [
      { contents: [user({ text: "Hi" }), model({ text: "I look.", functionCall: { name: "f" } })] },
      "invalid-request",
      "contents[1].parts[0]",
    ],
    [
      { systemInstruction: { parts: [{ text: "a" }] }, system_instruction: { parts: [{ text: "b" }] } },
      "invalid-request",
      "systemInstruction",
    ],
    [{ generationConfig: { temperature: "3" } }, "invalid-request", "generationConfig.temperature"],
    [{ generationConfig: { temperature: "hot" } }, "invalid-request", "generationConfig.temperature"],
    [{ generationConfig: { maxOutputTokens: "" } }, "invalid-request", "generationConfig.maxOutputTokens"],
    [
      { contents: [user({ inlineData: { mimeType: "text/plain", data: "Not in base64!" } })] },
      "invalid-request",
      "contents[0].parts[0].inlineData.data",
    ],
    [{ generation_config: { candidate_count: 9 } }, "invalid-request", "generationConfig.candidateCount"],
    [{ generationConfig: { responseLogprobs: true } }, "unsupported", "generationConfig.responseLogprobs"],
    [
      { generationConfig: { responseModalities: ["AUDIO"] } },
      "unsupported",
      "generationConfig.responseModalities",
    ],
    [
      { generationConfig: { responseFormat: [{ audio: {} }] } },
      "unsupported",
      "generationConfig.responseFormat[0]",
    ],
    [
      { generationConfig: { responseMimeType: "application/xml" } },
      "unsupported",
      "generationConfig.responseMimeType",
    ],
    [
      { generationConfig: { responseMimeType: "text/x.enum" } },
      "invalid-request",
      "generationConfig.responseMimeType",
    ],
    [
      { generationConfig: { responseMimeType: "text/x.enum", responseSchema: { type: "OBJECT" } } },
      "invalid-request",
      "generationConfig.responseSchema",
    ],
    [
      { generationConfig: { responseSchema: { type: "OBJECT" }, responseJsonSchema: {} } },
      "invalid-request",
      "generationConfig.responseJsonSchema",
    ],
    [
      { generationConfig: { responseSchema: { type: "TEXT" } } },
      "invalid-request",
      "generationConfig.responseSchema",
    ],
  ])("%j is %s by the name of its field", (fields, kind, param) => {
    const error = failure(fields);
    expect([error.kind, error.param]).toEqual([kind, param]);
    expect(error.message).toContain(param.split(".").at(-1));
  });

  it("refuses more than can be read", () => {
    const parts = Array.from({ length: 10_001 }, () => ({ text: "x" }));
    expect(failure({ contents: [user(...parts)] }).param).toBe("contents");
    const functionDeclarations = Array.from({ length: 2001 }, (_, at) => ({ name: `f${at}` }));
    expect(failure({ tools: [{ functionDeclarations }] }).param).toBe("tools");
  });
});

test("numbers may come as texts, and a text may stand for a list of one, as Google's parser takes them", () => {
  const allowedFunctionNames = "f";
  const { request, choices } = parseRequest({
    ...hello,
    tools: { functionDeclarations: [{ name: "f" }, { name: "g" }] },
    toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames } },
    generationConfig: {
      temperature: "0.5",
      topP: ".9",
      topK: "40",
      maxOutputTokens: "1e2",
      candidateCount: "2",
      seed: "-7",
      presencePenalty: "-1",
      stopSequences: "END",
      responseModalities: "TEXT",
      thinkingConfig: { thinkingBudget: "0" },
    },
  });
  expect(choices).toBe(2);
  expect(request).toMatchObject({
    tools: [{ name: "f" }],
    toolChoice: { kind: "function", name: "f" },
    sampling: { temperature: 0.5, topP: 0.9, topK: 40, seed: -7, presencePenalty: -1 },
    maxOutputTokens: 100,
    stopSequences: ["END"],
    effort: "none",
  });
});

describe("a conversation", () => {
  it("puts the chunks of a stream, which clients keep as contents of their own, together again", () => {
    expect(
      messagesOf(
        user({ text: "Hi" }),
        model({ text: "Hm", thought: true }),
        model({ text: ".", thought: true, thoughtSignature: "x" }),
        model({ text: "Hel" }),
        model({ text: "" }),
        model({ text: "lo" }),
        model({ functionCall: { name: "f" } }),
        model({ text: "!" }),
        user({ text: "a" }, { text: "b" }),
      ),
    ).toEqual([
      { role: "user", parts: [{ type: "text", text: "Hi" }] },
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "Hm." },
          { type: "text", text: "Hello" },
          { type: "tool-call", callId: "call_6_0", name: "f", arguments: "{}" },
          { type: "text", text: "!" },
        ],
      },
      {
        role: "user",
        parts: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      },
    ]);
  });

  test.each([
    ["by id", { id: "a" }, { id: "b" }, { id: "b" }, { id: "a" }, ["b", "a"]],
    ["by order, without ids", {}, {}, {}, {}, ["call_0_0", "call_0_1"]],
    ["by name, without ids", { name: "g" }, {}, {}, { name: "g" }, ["call_0_1", "call_0_0"]],
    [
      "by order, with ids that only the results have",
      {},
      {},
      { id: "f-17" },
      { id: "f-18" },
      ["call_0_0", "call_0_1"],
    ],
  ])("joins results and calls %s", (_, firstCall, secondCall, firstResult, secondResult, ids) => {
    const [, results] = messagesOf(
      model(
        { functionCall: { name: "f", args: {}, ...firstCall } },
        { functionCall: { name: "f", args: {}, ...secondCall } },
      ),
      {
        role: "function",
        parts: [
          { functionResponse: { name: "f", response: { output: 1 }, ...firstResult } },
          { functionResponse: { name: "f", response: { output: 2 }, ...secondResult } },
        ],
      },
    );
    expect(results?.role === "tool" && results.parts.map(({ callId }) => callId)).toEqual(ids);
  });

  test.each([
    [{ output: "sunny" }, "sunny", false],
    [{ output: { sky: "blue" } }, '{"sky":"blue"}', false],
    [{ error: "gone" }, "gone", true],
    [{ result: "sunny" }, '{"result":"sunny"}', false],
    [{ output: "a", error: "b" }, '{"output":"a","error":"b"}', false],
    [undefined, "{}", false],
  ])("the result %j is %s", (response, text, isError) => {
    const [, turn] = messagesOf(
      model({ functionCall: { name: "f" } }),
      user({ functionResponse: { name: "f", response } }),
    );
    expect(turn).toEqual({
      role: "tool",
      parts: [{ type: "tool-result", callId: "call_0_0", content: [{ type: "text", text }], isError }],
    });
  });

  it("parts results, and the words beside them, with the images that a function gave", () => {
    const image = { inlineData: { mimeType: "image/png", data: "AA" } };
    expect(
      messagesOf(
        model({ functionCall: { id: "1", name: "f" } }),
        user(
          { functionResponse: { id: "1", name: "f", response: { output: "x" }, parts: [image] } },
          { text: "And?" },
        ),
      ).slice(1),
    ).toMatchObject([
      { role: "tool", parts: [{ content: [{ type: "text", text: "x" }, { type: "image" }] }] },
      { role: "user", parts: [{ type: "text", text: "And?" }] },
    ]);
  });

  it("reads text files, images by their address, and what Google's servers ran", () => {
    expect(
      messagesOf(
        user(
          { inlineData: { mimeType: "text/csv", data: btoa("a,b"), displayName: "t.csv" } },
          { fileData: { fileUri: "https://example.com/a.png" } },
        ),
        model(
          { executableCode: { language: "PYTHON", code: "1 + 1" } },
          { codeExecutionResult: { outcome: "OUTCOME_OK", output: "2" } },
        ),
      ),
    ).toEqual([
      {
        role: "user",
        parts: [
          { type: "file", name: "t.csv", mediaType: "text/csv", text: "a,b" },
          { type: "image", source: { kind: "url", url: "https://example.com/a.png" } },
        ],
      },
      { role: "assistant", parts: [{ type: "text", text: "```python\n1 + 1\n```\n[OUTCOME_OK]\n2\n" }] },
    ]);
  });
});

describe("functions", () => {
  const functionDeclarations = [
    {
      name: "f",
      description: "Does f.",
      parameters: { type: "OBJECT", properties: { a: { type: "STRING" } } },
    },
    { name: "g", parametersJsonSchema: { type: "object", additionalProperties: false } },
    { name: "h" },
  ];
  const choose = (functionCallingConfig: object) =>
    parse({ tools: [{ functionDeclarations }], toolConfig: { functionCallingConfig } });

  it("have a schema in either spelling, or none", () => {
    expect(choose({}).tools).toEqual([
      {
        name: "f",
        description: "Does f.",
        parameters: { type: "object", properties: { a: { type: "string" } } },
      },
      { name: "g", parameters: { type: "object", additionalProperties: false } },
      { name: "h", parameters: { type: "object" } },
    ]);
  });

  test.each([
    [{ mode: "AUTO" }, { kind: "auto" }, ["f", "g", "h"]],
    [{ mode: "MODE_UNSPECIFIED" }, { kind: "auto" }, ["f", "g", "h"]],
    [{ mode: "VALIDATED", allowedFunctionNames: ["f", "g"] }, { kind: "auto" }, ["f", "g"]],
    [{ mode: "NONE" }, { kind: "none" }, ["f", "g", "h"]],
    [{ mode: "any" }, { kind: "required" }, ["f", "g", "h"]],
    [{ mode: "ANY", allowedFunctionNames: ["g"] }, { kind: "function", name: "g" }, ["g"]],
    [{ mode: "ANY", allowedFunctionNames: ["g", "h"] }, { kind: "required" }, ["g", "h"]],
  ])("%j", (config, toolChoice, names) => {
    const { tools, ...request } = choose(config);
    expect([request.toolChoice, tools.map(({ name }) => name)]).toEqual([toolChoice, names]);
  });
});

describe("the form of an answer", () => {
  const responseSchema = { type: "STRING", enum: ["a", "b"] };
  const schema = { type: "string", enum: ["a", "b"] };
  const asked = { kind: "json-schema", name: "response", schema };

  test.each([
    [{ responseMimeType: "text/plain" }, { kind: "text" }, false],
    [{ responseMimeType: "application/json" }, { kind: "json-object" }, false],
    [{ responseMimeType: "application/json", responseSchema }, asked, false],
    [{ responseSchema }, asked, false],
    [{ responseMimeType: "application/json", responseJsonSchema: schema }, asked, false],
    [{ responseFormat: { text: { mimeType: "application/json", schema } } }, asked, false],
    [{ responseMimeType: "text/x.enum", responseSchema }, asked, true],
  ])("%j", (config, responseFormat, bareEnum) => {
    const parsed = configured(config);
    expect([parsed.request.responseFormat, parsed.bareEnum]).toEqual([responseFormat, bareEnum]);
    expect(parsed.ignored).toEqual([]);
  });
});

describe("countTokens", () => {
  it("counts contents, or all of a request", () => {
    expect(parseCountTokens(hello).request.messages).toHaveLength(1);
    const generateContentRequest = {
      model: "models/other",
      contents,
      systemInstruction: { parts: [{ text: "x" }] },
    };
    expect(parseCountTokens({ model: "m", generateContentRequest }).request).toMatchObject({
      model: "m",
      messages: [{ role: "system" }, { role: "user" }],
    });
    expect(parseCountTokens({ model: "m", contents: [], generateContentRequest }).request.model).toBe("m");
  });

  it("does not choose between both", () => {
    const generateContentRequest = { contents };
    expect(() => parseCountTokens({ ...hello, generateContentRequest })).toThrow(
      "'contents' can't stand beside",
    );
  });
});
