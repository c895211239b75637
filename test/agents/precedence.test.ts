import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

import { startStack } from "../support/start-stack.ts";
import { launchAgent } from "./support/agent.ts";
import { geminiCli } from "./support/agents-on-demand.ts";
import { claudeCode, codex, opencode } from "./support/agents.ts";
import { createTask, type Task } from "./support/create-task.ts";
import { runsAll } from "./support/install-agents.ts";
import { startAgent } from "./support/run-agent.ts";
import { conversation, isConversation } from "./support/script-task.ts";
import { startClosedProxy } from "./support/start-proxy.ts";

const realKey = "sk-somebody-elses";
const token = "only-for-us";
const greeting = "Good morning from Akash.";

/** A gateway that nobody may ask: notes who does. */
async function startElsewhere() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(401, { "x-should-retry": "false" }).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Passes everything on to the gateway and notes the headers' values. */
async function startWitness(gateway: string) {
  const headers: string[] = [];
  const server = createServer((request, response) => {
    headers.push(...request.rawHeaders);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { host: _host, connection: _connection, ...rest } = request.headers;
      const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
      fetch(gateway + (request.url ?? ""), {
        method: request.method ?? "GET",
        headers: Object.entries(rest).filter(
          (entry): entry is [string, string] => typeof entry[1] === "string" && entry[0] !== "content-length",
        ),
        ...body,
      }).then(
        async (answer) => {
          response.writeHead(answer.status, {
            "content-type": answer.headers.get("content-type") ?? "text/plain",
          });
          return response.end(Buffer.from(await answer.arrayBuffer()));
        },
        (error: unknown) => response.writeHead(502).end(String(error)),
      );
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    headers,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Files that point an agent elsewhere, with a real key, or make it another size. */
type Files = (url: string, task: Task) => Readonly<Record<string, string>>;

const claudeFiles = (url: string): string =>
  JSON.stringify({
    env: {
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_AUTH_TOKEN: realKey,
      ANTHROPIC_API_KEY: realKey,
      ANTHROPIC_MODEL: "DeepSeek-V3.2",
      ANTHROPIC_DEFAULT_HAIKU_MODEL: "DeepSeek-V3.2",
      ANTHROPIC_SMALL_FAST_MODEL: "DeepSeek-V3.2",
      ANTHROPIC_CUSTOM_HEADERS: `x-history-diet: on\nx-key: ${realKey}`,
      CLAUDE_CODE_USE_BEDROCK: "1",
      CLAUDE_CODE_USE_VERTEX: "1",
      CLAUDE_CODE_SIMPLE: "1",
      CLAUDE_CODE_OAUTH_TOKEN: realKey,
    },
    model: "DeepSeek-V3.2",
    apiKeyHelper: `echo ${realKey}`,
  });

const opencodeFile = (url: string): string =>
  JSON.stringify({
    model: "akash/DeepSeek-V3.2",
    provider: {
      akash: {
        npm: "@ai-sdk/openai-compatible",
        options: { baseURL: `${url}/v1`, apiKey: realKey, headers: { "x-key": realKey } },
        models: { "DeepSeek-V3.2": { name: "DeepSeek-V3.2" } },
      },
    },
  });

const codexFile = (url: string): string =>
  [
    'model = "DeepSeek-V3.2"',
    'model_provider = "other"',
    "project_doc_max_bytes = 0",
    "[model_providers.other]",
    'name = "Other"',
    `base_url = "${url}/v1"`,
    'wire_api = "responses"',
    "[model_providers.akash]",
    'name = "Akash Chat"',
    `base_url = "${url}/v1"`,
    'wire_api = "responses"',
    `http_headers = { "x-history-diet" = "on", "x-key" = "${realKey}" }`,
    "",
  ].join("\n");

const geminiFile = JSON.stringify({
  security: { auth: { selectedType: "vertex-ai" } },
  model: { name: "DeepSeek-V3.2" },
  context: { fileName: ["none.other"] },
});

/** What it reads into its environment, as far as that does not have it. */
const geminiVariables = (url: string): string =>
  Object.entries({
    GOOGLE_GEMINI_BASE_URL: url,
    GOOGLE_VERTEX_BASE_URL: url,
    GEMINI_API_KEY: realKey,
    GOOGLE_API_KEY: realKey,
    GOOGLE_GENAI_USE_VERTEXAI: "true",
    GOOGLE_GENAI_USE_GCA: "true",
    GOOGLE_CLOUD_PROJECT: "other",
    GOOGLE_CLOUD_LOCATION: "global",
    GEMINI_MODEL: "DeepSeek-V3.2",
    GEMINI_CLI_CUSTOM_HEADERS: `x-history-diet: on, x-key: ${realKey}`,
  })
    .map(([name, value]) => `${name}=${JSON.stringify(value)}\n`)
    .join("");

const cases: readonly (readonly [string, typeof codex, Files])[] = [
  [
    "claude-code, user's",
    claudeCode,
    (url, { home }) => ({ [join(home, ".claude/settings.json")]: claudeFiles(url) }),
  ],
  [
    "claude-code, project's",
    claudeCode,
    (url, { folder }) => ({ [join(folder, ".claude/settings.json")]: claudeFiles(url) }),
  ],
  [
    "claude-code, project's local",
    claudeCode,
    (url, { folder }) => ({ [join(folder, ".claude/settings.local.json")]: claudeFiles(url) }),
  ],
  [
    "opencode, user's",
    opencode,
    (url, { home }) => ({ [join(home, ".config/opencode/opencode.json")]: opencodeFile(url) }),
  ],
  [
    "opencode, project's",
    opencode,
    (url, { folder }) => ({ [join(folder, "opencode.json")]: opencodeFile(url) }),
  ],
  [
    "opencode, project's folder",
    opencode,
    (url, { folder }) => ({ [join(folder, ".opencode/opencode.json")]: opencodeFile(url) }),
  ],
  ["codex, user's", codex, (url, { home }) => ({ [join(home, ".codex/config.toml")]: codexFile(url) })],
  [
    "codex, project's",
    codex,
    (url, { home, folder }) => ({
      [join(home, ".codex/config.toml")]: `[projects.${JSON.stringify(folder)}]\ntrust_level = "trusted"\n`,
      [join(folder, ".codex/config.toml")]: codexFile(url),
    }),
  ],
];

/** Agents that are installed on demand. */
const casesOnDemand: typeof cases = [
  [
    "gemini-cli, user's",
    geminiCli,
    (url, { home }) => ({
      [join(home, ".gemini/settings.json")]: geminiFile,
      [join(home, ".gemini/.env")]: geminiVariables(url),
      [join(home, ".env")]: geminiVariables(url),
    }),
  ],
  [
    "gemini-cli, project's variables",
    geminiCli,
    (url, { folder }) => ({ [join(folder, ".env")]: geminiVariables(url) }),
  ],
  [
    "gemini-cli, project's folder of variables",
    geminiCli,
    (url, { folder }) => ({ [join(folder, ".gemini/.env")]: geminiVariables(url) }),
  ],
];

describe("what launch says wins over files", () => {
  test.for([...cases, ...(runsAll ? casesOnDemand : [])])("of %s", async ([, agent, filesOf]) => {
    await using stack = await startStack({ env: { BEARER_TOKEN: token } });
    await using witness = await startWitness(stack.url);
    await using elsewhere = await startElsewhere();
    await using proxy = await startClosedProxy();
    await using task = await createTask();
    await agent.prepare(task);
    await writeFile(join(task.folder, "AGENTS.md"), "The magic word is abracadabra.\n");
    await writeFile(join(task.folder, "CLAUDE.md"), "The magic word is abracadabra.\n");
    await writeFile(join(task.folder, "GEMINI.md"), "The magic word is abracadabra.\n");
    for (const [path, text] of Object.entries(filesOf(elsewhere.url, task))) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    for (let count = 0; count < 3; count++) stack.simulator.enqueue({ when: isConversation, text: greeting });

    const command = launchAgent(agent, { url: witness.url, model: "Kimi-K2-Instruct", token }, "Greet me.");
    await using running = startAgent(command, { ...task, proxy: proxy.url });
    const { code, stdout, stderr } = await running.result;

    expect(elsewhere.asked).toEqual([]);
    expect(witness.headers.join("\n")).not.toContain(realKey);
    expect(witness.headers).not.toContain("x-history-diet");
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(greeting);
    const models = stack.simulator.chats.map(({ body }) => (body as { model: string }).model);
    expect(new Set(models)).toEqual(new Set(["Kimi-K2-Instruct"]));
    // Not in the smallest size, which a file says.
    expect(JSON.stringify(conversation(stack.simulator)[0]?.body)).toContain("abracadabra");
  });
});
