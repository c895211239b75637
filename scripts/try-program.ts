import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";

/** Starts the built program, which may warn of nothing: not of what it uses, nor of what later versions won't have. */
function start(node: string, program: string, args: readonly string[]) {
  const child = spawn(node, ["--pending-deprecation", program, ...args], {
    env: { PATH: process.env["PATH"], SERVER_ADDRESS: "127.0.0.1:0", LOG_FORMAT: "json" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // The demo says there that it is one.
  const warnings = text(child.stderr).then((said) => said.replaceAll(/^Demo: .*\n/gm, ""));
  return { child, warnings };
}

async function listening(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("The program's output can't be read.");
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /listening at (http:[^"]+)/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error("The program ended before it listened.");
}

async function ask(url: string, body: object, part: string): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.text();
  if (response.status !== 200 || !answer.includes(part))
    throw new Error(`${url}: ${response.status} ${answer}`);
}

/** Gets what needs no key, and looks for a part of it. */
async function look(url: string, part: string): Promise<void> {
  const response = await fetch(url);
  const answer = await response.text();
  if (response.status !== 200 || !answer.includes(part))
    throw new Error(`${url}: ${response.status} ${answer.slice(0, 1000)}`);
}

/** Leaves a stream in its middle. */
async function leave(url: string, body: object): Promise<void> {
  const controller = new AbortController();
  const response = await fetch(url, {
    method: "POST",
    body: JSON.stringify(body),
    signal: controller.signal,
  });
  await response.body?.getReader().read();
  controller.abort();
}

/**
 * Runs the built program on a Node: its version, an answer whole, streamed and left, a picture that is converted,
 * the reference, and a clean end. Rejects with what went wrong; a warning of Node is something wrong.
 */
export async function tryProgram(node: string, program = "dist/main.js"): Promise<string> {
  const version = start(node, program, ["--version"]);
  const [said, [code]] = await Promise.all([text(version.child.stdout), once(version.child, "exit")]);
  if (code !== 0 || !/^\d+\.\d+\.\d+\n$/.test(said)) throw new Error(`--version: ${code} ${said}`);

  const { child, warnings } = start(node, program, ["demo"]);
  const exit = once(child, "exit");
  try {
    const url = await listening(child);
    child.stdout.resume();
    const hello = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Say hello" }] };
    const picture = { prompt: "a lighthouse", response_format: "b64_json", output_format: "png" };
    await ask(`${url}/v1/chat/completions`, hello, '"finish_reason":"stop"');
    await ask(`${url}/v1/chat/completions`, { ...hello, stream: true }, "data: [DONE]");
    await ask(`${url}/v1/images/generations`, picture, '"b64_json":"iVBOR');
    await look(`${url}/openapi.json`, `"servers":[{"url":"${url}"}]`);
    await look(`${url}/docs/`, '<main id="reference">');
    await leave(`${url}/v1/chat/completions`, { ...hello, stream: true });
    child.kill("SIGTERM");
    const [status] = await exit;
    if (status !== 0) throw new Error(`The program ended with status ${status}.`);
  } finally {
    child.kill("SIGKILL");
  }
  const warned = (await version.warnings) + (await warnings);
  if (warned !== "") throw new Error(`The program warned:\n${warned}`);
  return "answers, streams, draws and stops without a warning";
}
