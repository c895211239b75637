/** Nothing silent: docs/api.md decides every parameter that the types of the official SDKs have. */
import { describe, expect, test } from "vitest";

import { browserToolset } from "../../src/dialects/anthropic-messages/browser-tools.ts";
import { computerTool, computerToolset } from "../../src/dialects/anthropic-messages/computer-tools.ts";
import { parseRequest } from "../../src/dialects/anthropic-messages/parse-request.ts";
import { readDecisions } from "../support/read-decisions.ts";
import { readPackageTypes } from "../support/read-types.ts";

const folder = "@anthropic-ai/sdk/resources";
const stable = await readPackageTypes(`${folder}/messages/messages.d.ts`);
const beta = await readPackageTypes(`${folder}/beta/messages/messages.d.ts`);

const parameters = await readDecisions("POST /v1/messages");
const blocks = await readDecisions("Blocks");
const tools = await readDecisions("Tools of the Messages API");

/** What is missing among the decisions. */
const undecided = (names: Iterable<string>, decided: ReadonlySet<string>) =>
  [...new Set(names)].filter((name) => !decided.has(name));

/** Tools that the client does not run. */
const isServerTool = (member: string) => /Search|Fetch|CodeExecution|Advisor|MCP/.test(member);

const message = (role: string, content: unknown) => ({ role, content });

/** `left_click` is `LeftClick`. */
const pascal = (name: string) =>
  name.replaceAll(/(?:^|_)(\w)/g, (_match, first: string) => first.toUpperCase());

const apis = [
  { name: "messages", types: stable, prefix: "" },
  { name: "beta.messages", types: beta, prefix: "Beta" },
] as const;

describe.each(apis)("docs/api.md decides of $name", ({ types, prefix }) => {
  test("every parameter", () => {
    const names = [
      ...types.propertiesOf("MessageCreateParamsBase"),
      ...types.propertiesOf("MessageCountTokensParams"),
    ];
    expect(names).toEqual(expect.arrayContaining(["model", "max_tokens", "tools"]));
    expect(undecided(names, parameters)).toEqual([]);
  });

  test("every field of output_config and thinking", () => {
    const output = types.propertiesOf(`${prefix}OutputConfig`).map((name) => `output_config.${name}`);
    expect(output).toContain("output_config.effort");
    const thinking = ["Enabled", "Disabled", "Adaptive"].flatMap((kind) =>
      types.propertiesOf(`${prefix}ThinkingConfig${kind}`),
    );
    const others = thinking
      .filter((name) => name !== "type" && name !== "display")
      .map((name) => `thinking.${name}`);
    // What is honoured of a parameter stands in its remark.
    const decided = new Set([...parameters, "output_config.format"]);
    expect(undecided([...output, ...others], decided)).toEqual([]);
  });

  test("every kind of block", () => {
    const members = types.membersOf(`${prefix}ContentBlockParam`);
    const kinds = members.flatMap((member) => types.literalsOf(member, "type"));
    expect(kinds.length).toBeGreaterThanOrEqual(members.length);
    expect(undecided(kinds, blocks)).toEqual([]);
  });

  test("every kind of tool, and every field of those that the client runs", () => {
    const members = types.membersOf(`${prefix}ToolUnion`);
    const kinds = members.flatMap((member) => types.literalsOf(member, "type"));
    expect(kinds.length).toBeGreaterThanOrEqual(members.length);
    expect(undecided(kinds, tools)).toEqual([]);
    const fields = members
      .filter((member) => !isServerTool(member))
      .flatMap((member) => types.propertiesOf(member))
      .filter((name) => name !== "type");
    expect(fields).toEqual(expect.arrayContaining(["input_schema", "defer_loading"]));
    expect(undecided(fields, tools)).toEqual([]);
  });
});

/** The fields of a block that have a meaning beyond it; those of its own kind are what the block is. */
test("docs/api.md decides every field of a system message", () => {
  const known = ["role", "content", "clear_at", "output_config"];
  expect(beta.propertiesOf("BetaSystemMessageParam").toSorted()).toEqual(known.toSorted());
});

test("every kind of block that the types have is understood, in its place", () => {
  const userBlocks: Record<string, Record<string, unknown>> = {
    text: { text: "a" },
    image: { source: { type: "url", url: "https://a.example/a.png" } },
    document: { source: { type: "text", data: "a", media_type: "text/plain" } },
    search_result: { title: "a", source: "b", content: [{ type: "text", text: "c" }] },
    tool_result: { tool_use_id: "t", content: "ok" },
    container_upload: { file_id: "f" },
    tool_addition: { tool: { type: "tool_reference", name: "known" } },
    tool_removal: { tool: { type: "tool_reference", name: "known" } },
  };
  const assistantBlocks: Record<string, Record<string, unknown>> = {
    thinking: { thinking: "a", signature: "s" },
    tool_use: { id: "t", name: "known", input: {} },
    compaction: { content: "a" },
  };
  for (const member of beta.membersOf("BetaContentBlockParam")) {
    const [type = ""] = beta.literalsOf(member, "type");
    const own = userBlocks[type];
    const block = { type, tool_use_id: "t", content: [], ...(own ?? { ...assistantBlocks[type] }) };
    const turn = message(own === undefined ? "assistant" : "user", [block]);
    const body = {
      model: "m",
      max_tokens: 1,
      tools: [{ name: "known", input_schema: {} }],
      messages: [message("user", "Hello"), turn, message("user", "Go on")],
    };
    expect(() => parseRequest(body), type).not.toThrow();
  }
});

describe.each([
  { prefix: "BetaBrowser", toolset: browserToolset, type: "BetaBrowserToolsetConfigs" },
  { prefix: "BetaComputer", toolset: computerToolset, type: "BetaComputerToolsetConfigs" },
])("the toolset of $prefix", ({ prefix, toolset, type }) => {
  test("has the members of the types", () => {
    expect(Object.keys(toolset.members).toSorted()).toEqual(beta.propertiesOf(type).toSorted());
  });

  test.each(Object.keys(toolset.members))("gives %s the parameters of the types", (name) => {
    const input = `${prefix}${pascal(name)}Input`;
    const { properties = {} } = toolset.members[name] ?? {};
    expect(Object.keys(properties).toSorted()).toEqual(beta.propertiesOf(input).toSorted());
    expect(toolset.members[name]?.required.toSorted()).toEqual(beta.requiredOf(input).toSorted());
  });
});

test("the computer tool is known in every version of the types", () => {
  const versions = beta
    .membersOf("BetaToolUnion")
    .flatMap((member) => beta.literalsOf(member, "type"))
    .filter((version) => /^computer_\d/.test(version));
  expect(versions.length).toBeGreaterThanOrEqual(3);
  for (const version of versions) expect(computerTool(version, {}), version).toBeDefined();
});
