/** What the playground shows as code is run as it is shown, against the gateway: the answer must be the one that the playground would get. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

import type { Call, Lane, Settings, Turn } from "../../../src/console/domain/chat/chat.ts";
import { plainSettings } from "../../../src/console/domain/chat/chat.ts";
import { toBody } from "../../../src/console/domain/chat/to-body.ts";
import { type SnippetName, snippetWays } from "../../../src/console/domain/snippets/index.ts";
import type { SnippetRequest } from "../../../src/console/domain/snippets/snippet.ts";
import { shorten } from "../../../src/console/domain/snippets/snippet.ts";
import { type Stack, startStack } from "../../support/start-stack.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const run = promisify(execFile);
const key = "s3cret";

/** Runs a program as a user would, and gives what it writes. */
async function runSnippet(name: SnippetName, code: string): Promise<string> {
  const env = { ...process.env, AKC_KEY: key };
  const [program, ...options] =
    name === "curl" ? ["sh", "-c", code] : [process.execPath, "--input-type=module", "-e", code];
  const { stdout } = await run(program ?? "sh", options, { cwd: root, env });
  return stdout;
}

const programs = ["curl", "openai", "anthropic", "ai"] as const;
const picture =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const user = (text: string, images: readonly string[] = []): Turn => ({
  kind: "user",
  id: text,
  text,
  images,
});
const answer = (text: string, calls: readonly Call[] = []): Turn => ({
  kind: "answer",
  id: text,
  model: "DeepSeek-V3.2",
  state: "done",
  thinking: "",
  text,
  calls,
});

function toRequest(
  turns: readonly Turn[],
  settings: Partial<Settings> = {},
  model = "DeepSeek-V3.2",
): SnippetRequest {
  const lane: Lane = { model, turns };
  return { kind: "chat", body: toBody(lane, { ...plainSettings, ...settings }) };
}

const weather = {
  name: "get_weather",
  description: "Weather of a city",
  parameters: '{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}',
};

/** What the upstream was asked last. */
const lastBody = ({ simulator }: Stack) =>
  simulator.requests.findLast(({ path }) => path.includes("/api/chat"))?.body;
const lastAsked = (stack: Stack) => JSON.stringify(lastBody(stack));

function write(name: SnippetName, request: SnippetRequest, { url }: Stack): string {
  return snippetWays[name].write(request, { baseUrl: url, hasKey: true });
}

const hostile = `It's "quoted", \\n $HOME \`id\` \${process.exit(3)} $(exit 4) </script> é 漢 \u2028 end`;

describe.each(programs)("%s", (name) => {
  test("asks as the page does, with all that a person may type", async () => {
    await using stack = await startStack({ env: { BEARER_TOKEN: key } });
    stack.simulator.enqueue({ text: "Yes, it does." });
    const settings = {
      system: "Be short. It's 'fine'.",
      temperature: "0.7",
      topP: "0.95",
      maxTokens: "300",
      stop: String.raw`END,\n\n\n`,
      thinking: "low",
    } as const;
    const turns = [user("Hi"), answer("Hello."), user(hostile)];
    const code = write(name, toRequest(turns, settings), stack);
    expect(code).not.toContain(key);
    expect(await runSnippet(name, code)).toContain(name === "curl" ? "[DONE]" : "Yes, it does.");
    const asked = lastAsked(stack);
    for (const part of ["Be short. It's 'fine'.", "Hello.", hostile])
      expect(asked).toContain(JSON.stringify(part).slice(1, -1));
    expect(lastBody(stack)).toMatchObject({ temperature: 0.7, topP: 0.95 });
  });

  test("declares tools, and tells what came of a call", async () => {
    await using stack = await startStack({ env: { BEARER_TOKEN: key } });
    stack.simulator.enqueue({
      text: '<tool_call>{"name": "get_weather", "arguments": {"city": "Rome"}}</tool_call>',
    });
    const call: Call = { id: "call_1", name: "get_weather", arguments: '{"city":"Lisbon"}', result: "rain" };
    const failed = { ...call, id: "call_2", result: "no such city", isError: true };
    const turns = [user("Weather?"), answer("I look.", [call, failed])];
    const request = toRequest(turns, { tools: [weather], toolChoice: ":get_weather" });
    const code = write(name, request, stack);
    const output = await runSnippet(name, code);
    expect(output).toContain("get_weather");
    expect(output).toContain("Rome");
    const asked = lastAsked(stack);
    for (const part of ["Weather of a city", "Lisbon", "rain", "no such city"]) expect(asked).toContain(part);
  });

  test("wants an answer by a schema", async () => {
    await using stack = await startStack({ env: { BEARER_TOKEN: key } });
    stack.simulator.enqueue({ text: '{"sky": "blue"}' });
    const schema =
      '{"type":"object","properties":{"sky":{"type":"string"}},"required":["sky"],"additionalProperties":false}';
    const code = write(name, toRequest([user("The sky?")], { schema }), stack);
    expect((await runSnippet(name, code)).replaceAll("\\", "")).toContain('"blue"');
    expect(lastAsked(stack)).toContain("sky");
  });

  test("sends pictures to models that see, and the end of an answer to go on from", async () => {
    await using stack = await startStack({ env: { BEARER_TOKEN: key, VISION_MODELS: "*" } });
    stack.simulator.enqueue({ text: " and goes on" });
    const code = write(name, toRequest([user("What is it?", [picture]), answer("It is red")]), stack);
    expect(await runSnippet(name, code)).toContain(name === "curl" ? "goes" : "and goes on");
    expect(lastAsked(stack)).toContain("iVBORw0KGgo");
  });

  test("has a picture drawn", async () => {
    await using stack = await startStack({ env: { BEARER_TOKEN: key } });
    const body = { model: "AkashGen", prompt: "a boat", stream: true, response_format: "url" } as const;
    const code = write(name, { kind: "image", body }, stack);
    expect(await runSnippet(name, code)).toContain("/v1/images/files/");
  });

  test("needs no key where the gateway wants none", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: "open to all" });
    const code = snippetWays[name].write(toRequest([user("Hi")]), { baseUrl: stack.url, hasKey: false });
    expect(code).not.toContain("AKC_KEY");
    expect(await runSnippet(name, code)).toContain(name === "curl" ? "open" : "open to all");
  });
});

test("Python has Python's literals", () => {
  const request = toRequest([user(hostile)], { tools: [weather], temperature: "0.5" });
  const code = snippetWays.python.write(request, { baseUrl: "http://localhost:16571", hasKey: true });
  expect(code).toMatchSnapshot();
});

test("long pictures are cut short where they are only looked at", () => {
  const long = `${picture.slice(0, 60)}${"A".repeat(100_000)}`;
  const shown = JSON.stringify(shorten(toRequest([user("x", [long])])));
  expect(shown.length).toBeLessThan(1000);
  expect(shown).toContain("…");
});
