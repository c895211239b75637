import { describe, expect, test } from "vitest";

import { startStack } from "../support/start-stack.ts";
import { launchAgent } from "./support/agent.ts";
import { agents } from "./support/all-agents.ts";
import { createTask } from "./support/create-task.ts";
import { startAgent } from "./support/run-agent.ts";
import { cliCommand } from "./support/run-cli.ts";
import { conversation, isConversation, lastMessages } from "./support/script-task.ts";
import { startClosedProxy } from "./support/start-proxy.ts";

const token = "only-for-us";
const greeting = "Good morning from Akash.";

describe("an agent that our command line has configured greets through the gateway", () => {
  test.for(agents)("akashchat-api launch %s", async ([, agent]) => {
    await using stack = await startStack({ env: { BEARER_TOKEN: token } });
    await using proxy = await startClosedProxy();
    await using task = await createTask();
    await agent.prepare(task);
    stack.simulator.enqueue({ when: isConversation, text: greeting });

    const place = { url: stack.url, model: "Kimi-K2-Instruct", token };
    const { environment, ...command } = launchAgent(agent, place, "Greet me.");
    // Keys that the caller has for other purposes stay out of it.
    const keys = Object.fromEntries(
      ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "COPILOT_PROVIDER_BEARER_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"].map(
        (name) => [name, "sk-somebody-elses"],
      ),
    );
    await using running = startAgent(
      { ...command, environment: { ...keys, ...environment } },
      { ...task, proxy: proxy.url },
    );
    const { code, stdout, stderr } = await running.result;

    expect(code, stderr).toBe(0);
    expect(stdout).toContain(greeting);
    expect(lastMessages(stack.simulator)).toContain("Greet me.");
    expect(conversation(stack.simulator)[0]?.body).toMatchObject({ model: "Kimi-K2-Instruct" });
    expect(proxy.attempts.filter((attempt) => !agent.asks?.test(attempt))).toEqual([]);
  });

  // Cline's editor extension is set up by hand; copilot has no file.
  const writable = agents.filter(([client]) => client !== "cline" && client !== "copilot");

  test.for(writable)("akashchat-api connect %s --write", async ([client, agent]) => {
    await using stack = await startStack({ env: { BEARER_TOKEN: token } });
    await using proxy = await startClosedProxy();
    await using task = await createTask();
    await agent.prepare(task);
    stack.simulator.enqueue({ when: isConversation, text: greeting });
    const place = { ...task, proxy: proxy.url };

    const args = ["connect", client, "--url", stack.url, "--model", "Kimi-K2-Instruct", "--write", "--yes"];
    await using connecting = startAgent(cliCommand(args, { BEARER_TOKEN: token }), place);
    const connected = await connecting.result;
    expect(connected.code, connected.stderr).toBe(0);

    // What the file can't hold is printed for the user's shell.
    const exported = [...connected.stdout.matchAll(/^export (\w+)=(\S+)$/gm)].map(
      ([, name = "", value = ""]) => [name, value] as const,
    );
    await using running = startAgent(
      {
        command: agent.executable,
        args: agent.args("Greet me."),
        environment: { ...agent.quiet, ...Object.fromEntries(exported) },
      },
      place,
    );
    const { code, stdout, stderr } = await running.result;

    expect(code, stderr).toBe(0);
    expect(stdout).toContain(greeting);
    expect(conversation(stack.simulator)[0]?.body).toMatchObject({ model: "Kimi-K2-Instruct" });
  });
});

test("launch says so when the agent is not installed", async () => {
  await using stack = await startStack();
  await using proxy = await startClosedProxy();
  await using task = await createTask();
  const args = ["launch", "codex", "--url", stack.url];
  await using running = startAgent(cliCommand(args, { PATH: task.home }), { ...task, proxy: proxy.url });
  expect(await running.result).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /"codex" is not installed, or not on the PATH\. Install it with: npm install --global @openai\/codex\n$/,
    ) as string,
  });
});
