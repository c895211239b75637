/** Nothing silent: docs/api.md decides every parameter that the types of the official `openai` package have. */
import { describe, expect, test } from "vitest";

import { readDecided, readDecisions } from "../support/read-decisions.ts";
import { readPackageTypes, type TypeFile } from "../support/read-types.ts";

const folder = "openai/resources";
const chat = await readPackageTypes(`${folder}/chat/completions/completions.d.ts`);
const completions = await readPackageTypes(`${folder}/completions.d.ts`);
const images = await readPackageTypes(`${folder}/images.d.ts`);
const models = await readPackageTypes(`${folder}/models.d.ts`);
const shared = await readPackageTypes(`${folder}/shared.d.ts`);
const responses = await readPackageTypes(`${folder}/responses/responses.d.ts`);
const beta = await readPackageTypes(`${folder}/beta/responses/responses.d.ts`);
const inputItems = await readPackageTypes(`${folder}/responses/input-items.d.ts`);
const inputTokens = await readPackageTypes(`${folder}/responses/input-tokens.d.ts`);
const pagination = await readPackageTypes("openai/core/pagination.d.ts");

const chatParameters = await readDecisions("POST /v1/chat/completions");
const chatMessages = await readDecisions("Messages of Chat Completions");
const responsesParameters = await readDecisions("POST /v1/responses");
const items = await readDecisions("Items");
const tools = await readDecisions("Tools of the OpenAI APIs");
const queries = await readDecisions("Stored responses");

/** What is missing among the decisions; `place` is where the documentation has it. */
const undecided = (names: Iterable<string>, decided: ReadonlySet<string>, place = "") =>
  [...new Set(names)].filter((name) => !decided.has(name) && !decided.has(place + name));

/** The literals of the field by which members of a union are told apart. */
const kindsOf = (types: TypeFile, members: readonly string[]) =>
  members.flatMap((member) => types.literalsOf(member, "type"));

describe("docs/api.md decides of Chat Completions", () => {
  test("every parameter", () => {
    const names = chat.propertiesOf("ChatCompletionCreateParamsBase");
    expect(names).toEqual(expect.arrayContaining(["messages", "model", "web_search_options"]));
    expect(undecided(names, chatParameters)).toEqual([]);
    const options = chat.propertiesOf("ChatCompletionStreamOptions");
    expect(options).toContain("include_obfuscation");
    // What is honoured of a parameter stands in its remark.
    expect(undecided(options, new Set([...chatParameters, "include_usage"]), "stream_options.")).toEqual([]);
  });

  test("every field of every kind of message", () => {
    const members = chat.membersOf("ChatCompletionMessageParam");
    expect(members.length).toBeGreaterThanOrEqual(6);
    const fields = members.flatMap((member) => chat.propertiesOf(member));
    expect(undecided(fields, chatMessages, "messages.")).toEqual([]);
  });

  test("every kind of part, and its fields", () => {
    const members = [...chat.membersOf("ChatCompletionContentPart"), "ChatCompletionContentPartRefusal"];
    const kinds = kindsOf(chat, members);
    expect(kinds).toHaveLength(members.length);
    const inner = ["ChatCompletionContentPartImage.ImageURL", "ChatCompletionContentPart.File.File"];
    const fields = [...members, ...inner].flatMap((member) => chat.propertiesOf(member));
    expect(fields).toEqual(expect.arrayContaining(["detail", "file_id", "prompt_cache_breakpoint"]));
    const others = fields.filter((name) => name !== "type");
    expect(undecided([...kinds, ...others], chatMessages)).toEqual([]);
  });

  test("every kind of tool, and its fields", () => {
    const kinds = kindsOf(chat, chat.membersOf("ChatCompletionTool"));
    const fields = [
      ...shared.propertiesOf("FunctionDefinition"),
      ...chat.propertiesOf("ChatCompletionCustomTool.Custom"),
      ...chat.propertiesOf("ChatCompletionCreateParams.Function"),
    ];
    expect(kinds).toEqual(["function", "custom"]);
    expect(undecided([...kinds, ...fields], tools)).toEqual([]);
  });
});

test("docs/api.md decides every parameter of the legacy Completions", async () => {
  const names = completions.propertiesOf("CompletionCreateParamsBase");
  expect(names).toContain("suffix");
  expect(undecided(names, await readDecisions("POST /v1/completions"))).toEqual([]);
});

test("docs/api.md decides every parameter of image generation", async () => {
  const names = images.propertiesOf("ImageGenerateParamsBase");
  expect(names).toContain("svg");
  expect(undecided(names, await readDecisions("POST /v1/images/generations"))).toEqual([]);
});

test("the list of models has no parameters in the types", () => {
  expect(models.namesLike(/Params/)).toEqual([]);
});

describe.each([
  { name: "responses", types: responses, prefix: "", reasoning: shared.propertiesOf("Reasoning") },
  {
    name: "beta.responses",
    types: beta,
    prefix: "Beta",
    reasoning: beta.propertiesOf("ResponseCreateParams.Reasoning"),
  },
])("docs/api.md decides of $name", ({ types, prefix, reasoning }) => {
  test("every parameter", () => {
    const names = types.propertiesOf("ResponseCreateParamsBase");
    expect(names).toEqual(expect.arrayContaining(["input", "moderation", "reasoning"]));
    expect(undecided(names, responsesParameters)).toEqual([]);
    // What is honoured of a parameter stands in its remark.
    const remarks = ["text.format", "reasoning.summary", "reasoning.generate_summary"];
    const decided = new Set([...responsesParameters, ...remarks]);
    expect(reasoning).toContain("mode");
    expect(undecided(reasoning, decided, "reasoning.")).toEqual([]);
    expect(undecided(types.propertiesOf(`${prefix}ResponseTextConfig`), decided, "text.")).toEqual([]);
    const options = types.propertiesOf("ResponseCreateParams.StreamOptions");
    expect(undecided(options, decided, "stream_options.")).toEqual([]);
  });

  test("every kind of item, and the fields of those that are honoured", async () => {
    const members = types.membersOf(`${prefix}ResponseInputItem`);
    expect(members.length).toBeGreaterThan(30);
    const kinds = kindsOf(types, members);
    expect(kinds.length).toBeGreaterThanOrEqual(members.length);
    expect(undecided(kinds, items)).toEqual([]);
    const states = await readDecided("Items");
    const read = members.filter((member) =>
      types.literalsOf(member, "type").every((kind) => states.get(kind)?.state === "honoured"),
    );
    expect(read.length).toBeGreaterThan(15);
    const fields = read
      .filter((member) => !member.includes("ConfigurationUpdate"))
      .flatMap((member) => types.propertiesOf(member));
    expect(undecided(fields, items)).toEqual([]);
  });

  test("every kind of part, and its fields", () => {
    const parts = [
      ...types.membersOf(`${prefix}ResponseInputContent`),
      ...types.membersOf(`${prefix}ResponseFunctionCallOutputItem`),
      `${prefix}ResponseOutputText`,
      `${prefix}ResponseOutputRefusal`,
    ];
    const kinds = kindsOf(types, parts);
    expect(kinds).toHaveLength(parts.length);
    const fields = parts.flatMap((part) => types.propertiesOf(part));
    expect(undecided([...kinds, ...fields], items)).toEqual([]);
  });

  test("every kind of tool, and the fields of those that are offered", async () => {
    const members = types.membersOf(`${prefix}Tool`);
    const kinds = kindsOf(types, members);
    expect(kinds.length).toBeGreaterThanOrEqual(members.length);
    expect(undecided(kinds, tools)).toEqual([]);
    const states = await readDecided("Tools of the OpenAI APIs");
    const offered = members.filter((member) =>
      types.literalsOf(member, "type").every((kind) => states.get(kind)?.state === "honoured"),
    );
    const fields = [...offered, `${prefix}NamespaceTool.Function`]
      .flatMap((member) => types.propertiesOf(member))
      .filter((name) => name !== "type");
    expect(fields).toEqual(expect.arrayContaining(["output_schema", "defer_loading", "allowed_callers"]));
    expect(undecided(fields, tools)).toEqual([]);
  });

  test("every parameter of the other routes", async () => {
    const retrieve = types.propertiesOf("ResponseRetrieveParamsBase");
    expect(retrieve).toContain("include_obfuscation");
    const list = [
      ...inputItems.propertiesOf("InputItemListParams"),
      ...pagination.propertiesOf("CursorPageParams"),
    ];
    // A beta is a header.
    expect(undecided([...retrieve, ...list], queries)).toEqual(prefix === "" ? [] : ["betas"]);
    expect(undecided(types.propertiesOf("ResponseCompactParams"), responsesParameters)).toEqual([]);
    const count = inputTokens.propertiesOf("InputTokenCountParams");
    expect(count).toContain("personality");
    const decided = new Set([...responsesParameters, ...(await readDecisions("Counting tokens"))]);
    expect(undecided(count, decided)).toEqual([]);
  });
});

test("docs/api.md decides of every parameter of conversations", async () => {
  const decided = await readDecisions("Conversations");
  const given = await readPackageTypes(`${folder}/conversations/conversations.d.ts`);
  const listed = await readPackageTypes(`${folder}/conversations/items.d.ts`);
  const bodies = [
    ...given.propertiesOf("ConversationCreateParams"),
    ...given.propertiesOf("ConversationUpdateParams"),
    ...listed.propertiesOf("ItemCreateParams"),
  ];
  expect(bodies).toEqual(expect.arrayContaining(["items", "metadata", "include"]));
  const query = [
    ...listed.propertiesOf("ItemListParams"),
    ...pagination.propertiesOf("ConversationCursorPageParams"),
  ];
  expect(undecided([...bodies, ...query], decided)).toEqual([]);
});

test("docs/api.md decides of every parameter of audio", async () => {
  const decided = await readDecisions("Audio");
  const routes = [
    ["speech", "SpeechCreateParams", "stream_format"],
    ["transcriptions", "TranscriptionCreateParamsBase", "known_speaker_names"],
    ["translations", "TranslationCreateParams", "file"],
  ] as const;
  for (const [file, type, one] of routes) {
    const types = await readPackageTypes(`${folder}/audio/${file}.d.ts`);
    const names = types.propertiesOf(type);
    expect(names).toContain(one);
    expect([file, undecided(names, decided)]).toEqual([file, []]);
  }
});
