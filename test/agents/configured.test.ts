import { describe, expect, test } from "vitest";

import { startStack } from "../support/start-stack.ts";
import { claudeCode, codex, opencode } from "./support/agents.ts";
import { createTask } from "./support/create-task.ts";
import { startAgent } from "./support/run-agent.ts";
import { cliCommand } from "./support/run-cli.ts";
import { conversation, isConversation, lastMessages } from "./support/script-task.ts";
import { startClosedProxy } from "./support/start-proxy.ts";

const token = "only-for-us";
const greeting = "Good morning from Akash.";

describe("an agent that our command line has configured greets through the gateway", () => {
  const agents = [claudeCode, codex, opencode].map((agent) => [agent.client, agent] as const);

  test.for(agents)("akashchat-api launch %s", async ([client, agent]) => {
    await using stack = await startStack({ env: { BEARER_TOKEN: token } });
    await using proxy = await startClosedProxy();
    await using task = await createTask();
    await agent.prepare(task);
    stack.simulator.enqueue({ when: isConversation, text: greeting });

    const options = ["--url", stack.url, "--model", "Kimi-K2-Instruct"];
    const args = ["launch", client, ...options, "--", ...agent.args("Greet me.")];
    await using running = startAgent(cliCommand(args, { ...agent.quiet, BEARER_TOKEN: token }), {
      ...task,
      proxy: proxy.url,
    });
    const { code, stdout, stderr } = await running.result;

    expect(code, stderr).toBe(0);
    expect(stdout).toContain(greeting);
    expect(lastMessages(stack.simulator)).toContain("Greet me.");
    expect(conversation(stack.simulator)[0]?.body).toMatchObject({ model: "Kimi-K2-Instruct" });
    expect(proxy.attempts).toEqual([]);
  });

  test.for(agents)("akashchat-api connect %s --write", async ([client, agent]) => {
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
    stderr: '"codex" is not installed, or not on the PATH.\n',
  });
});
