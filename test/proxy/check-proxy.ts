/**
 * Tries the proxies of `deploy/team` and docs/deploy.md with two gateways, each a process of its own, on a real PostgreSQL:
 * `npm run check:proxy`. Needs Caddy and nginx (CADDY and NGINX, else those on the path; Debian has packages of both), so neither the
 * tests nor CI run it.
 */
import { strictEqual as equal, ok } from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { randomUUID } from "node:crypto";

import { createGate } from "../support/gate.ts";
import { openRequest, openStream } from "../support/open-stream.ts";
import { get, post, readChunks, type Reply } from "../support/post.ts";
import { composedCaddy, documentedNginx, impatientCaddy } from "./proxies.ts";
import { putUnderLoad } from "./put-under-load.ts";
import { adminToken, bearerToken, metricsToken, startProxied, type Proxied } from "./start-proxied.ts";

const operator = { authorization: `Bearer ${bearerToken}` };
const chat = (content: string, more: object = {}) => ({
  model: "DeepSeek-V3.2",
  messages: [{ role: "user", content }],
  ...more,
});

/** Asks for a path as it is spelled here: other clients would tidy it. */
async function ask(
  base: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ readonly status: number; readonly text: string }> {
  const { hostname, port } = new URL(base);
  // From an address by which it can be told from the proxy.
  const asked = request({ hostname, port, path, headers, agent: false, localAddress: "127.0.0.2" });
  asked.end();
  const [response] = await once(asked, "response");
  let text = "";
  for await (const piece of response) text += String(piece);
  return { status: response.statusCode, text };
}

/** Each piece is at the client before the next is written. */
async function checkStreams({ url, simulator }: Proxied): Promise<void> {
  const gates = [createGate(), createGate()];
  async function* pieces() {
    yield "one ";
    await gates[0]?.promise;
    yield "two ";
    await gates[1]?.promise;
    yield "three";
  }
  simulator.enqueue({ text: pieces() });
  const stream = await openStream(`${url}/v1/chat/completions`, chat("pieces", { stream: true }), operator);
  equal(stream.status, 200);
  await stream.readUntil('"one');
  gates[0]?.open();
  await stream.readUntil('"two');
  gates[1]?.open();
  ok(readChunks(await stream.readRest()).length > 3);
}

/** The gateway, and through it the upstream, learns that a client has left: before and within an answer. */
async function checkLeaving({ url, simulator }: Proxied): Promise<void> {
  for (const stream of [false, true]) {
    const gate = createGate();
    const index = simulator.chats.length;
    simulator.enqueue({ text: ["begun", "never"], gate: gate.promise, gateAfter: stream ? 1 : 0 });
    const asked = openRequest(`${url}/v1/chat/completions`, chat("leave", { stream }), operator);
    const seen = await simulator.waitForChat(index);
    if (stream) await (await asked.reply).readUntil("begun");
    asked.leave();
    equal(await seen.closed, "client-left");
    gate.open();
  }
}

/** What is for operators stays inside, however it is spelled; with the right tokens, too. */
async function checkInside({ url, gateways }: Proxied): Promise<void> {
  const [gateway] = gateways;
  const admin = { authorization: `Bearer ${adminToken}` };
  const scraper = { authorization: `Bearer ${metricsToken}` };
  equal((await get(`http://${gateway?.address}/admin/v1/keys`, admin)).status, 200);
  equal((await get(`http://${gateway?.address}/metrics`, scraper)).status, 200);
  const paths =
    "/admin/v1/keys //admin/v1/keys /admin//v1/keys /admin/v1/keys/ /ADMIN/v1/keys /%61dmin/v1/keys /admin%2fv1/keys " +
    "/%2fadmin/v1/keys /./admin/v1/keys /admin/./v1/keys /v1/../admin/v1/keys /v1/%2e%2e/admin/v1/keys /v1/admin/v1/keys " +
    "/openai/admin/v1/keys /admin;/v1/keys /admin/v1/keys?x=/v1/models /admin?/v1/keys /\\admin/v1/keys ///admin/v1/keys " +
    "/metrics //metrics /metrics/ /%6detrics /METRICS /metrics?x /v1/../metrics /./metrics";
  for (const path of paths.split(" ")) {
    const headers = path.toLowerCase().includes("etrics") ? scraper : admin;
    const { status, text } = await ask(url, path, headers);
    ok(status >= 400 && status < 500, `${path}: ${status} ${text.slice(0, 200)}`);
    ok(!text.includes("akashchat_") && !text.includes('"data":['), path);
  }
}

/** What is behind the proxy knows who asks, where, and by which protocol; nobody can say it for others. */
async function checkForwarded({ url, gateways }: Proxied): Promise<void> {
  const id = `forwarded-${randomUUID()}`;
  const logged = Promise.race(gateways.map((gateway) => gateway.logged(id)));
  const page = await ask(url, "/", {
    host: new URL(url).host,
    accept: "text/html",
    "x-request-id": id,
    "x-forwarded-for": "198.51.100.9",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "evil.example",
  });
  ok(page.text.includes(`${url}/v1`), "the page names the proxy's address");
  ok(!page.text.includes("evil.example"));
  equal(JSON.parse(await logged)["clientAddress"], "127.0.0.2");
}

async function checkRest({ url }: Proxied): Promise<void> {
  const upgrade = await ask(url, "/v1/responses", {
    ...operator,
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  });
  equal(upgrade.status, 426);
  equal((await post(`${url}/v1/chat/completions`, chat("hi"))).status, 401);
  const limit = 33_554_432;
  const bodyOf = (bytes: number) => {
    const empty = JSON.stringify(chat("", { metadata: { x: "" } }));
    return empty.replace('"x":""', `"x":"${"x".repeat(bytes - empty.length)}"`);
  };
  const large = await post(`${url}/v1/chat/completions`, bodyOf(limit), operator);
  equal(large.status, 200);
  equal((await post(`${url}/v1/chat/completions`, bodyOf(limit + 1), operator)).status, 413);
}

function checkProxyError(reply: Reply, status: number): void {
  equal(reply.status, status);
  equal(reply.headers["content-type"], "application/json");
  equal(reply.headers["retry-after"], "2");
  equal(reply.json().error.code, status);
}

async function waitFor(url: string, status: number): Promise<void> {
  while ((await get(`${url}/health`)).status !== status);
}

async function checkAll(
  name: string,
  proxied: Proxied,
  all: Readonly<Record<string, (proxied: Proxied) => Promise<void>>>,
): Promise<void> {
  for (const [what, check] of Object.entries(all)) {
    await check(proxied);
    console.log(`ok: ${name} ${what}`);
  }
}

async function waitUntilRefused(url: string): Promise<void> {
  for (;;) {
    const answer = await get(`${url}/health`).catch(() => undefined);
    if (answer === undefined) return;
  }
}

/** What every proxy has to do. */
const checks = {
  "streams piece by piece": checkStreams,
  "tells of clients that leave": checkLeaving,
  "says who asks": checkForwarded,
  "passes on refusals, WebSockets and 32 MiB": checkRest,
};

{
  await using proxied = await startProxied(composedCaddy);
  await checkAll("Caddy", proxied, { ...checks, "keeps /admin and /metrics inside": checkInside });

  {
    const load = putUnderLoad(`${proxied.url}/v1/chat/completions`, operator, 32);
    for (const index of [0, 1]) {
      await load.reach(300);
      const gateway = proxied.gateways[index];
      gateway?.child.kill("SIGTERM");
      await gateway?.exited;
      equal(gateway?.child.exitCode, 0);
      await proxied.restart(index);
      // The proxy has seen that it is back.
      await proxied.gateways[index]?.logged('"route":"/v1/chat/completions"');
    }
    await load.reach(300);
    const { requests, failures } = await load.end();
    equal(failures.join("\n"), "");
    console.log(`ok: each gateway stopped and started again, ${requests} requests, none failed`);
  }

  {
    const gate = createGate();
    const index = proxied.simulator.chats.length;
    proxied.simulator.enqueue({ text: "never", gate: gate.promise, holdHead: true });
    const broken = post(`${proxied.url}/v1/chat/completions`, chat("broken off"), operator);
    await proxied.simulator.waitForChat(index);
    for (const { child, exited } of proxied.gateways) {
      child.kill("SIGKILL");
      await exited;
    }
    checkProxyError(await broken, 502);
    await waitFor(proxied.url, 503);
    checkProxyError(await post(`${proxied.url}/v1/chat/completions`, chat("nobody"), operator), 503);
    gate.open();
    await proxied.restart(1);
    await waitFor(proxied.url, 200);
    equal((await post(`${proxied.url}/v1/chat/completions`, chat("hi"), operator)).status, 200);
    console.log(
      "ok: 502 where gateways break off, 503 where there is none, and one that comes back is found",
    );
  }

  {
    const stream = { stream: true };
    const gate = createGate();
    proxied.simulator.enqueue({ text: ["begun", " and ended"], gate: gate.promise, gateAfter: 1 });
    const open = await openStream(`${proxied.url}/v1/chat/completions`, chat("stay", stream), operator);
    await open.readUntil("begun");
    proxied.proxy.kill("SIGTERM");
    await waitUntilRefused(proxied.url);
    gate.open();
    ok((await open.readRest()).includes("[DONE]"));
    await proxied.proxyEnded;
    equal(proxied.proxy.exitCode, 0);
    console.log("ok: the proxy's own end waits for streams");
  }
}

{
  await using impatient = await startProxied(impatientCaddy);
  const gate = createGate();
  impatient.simulator.enqueue({ text: "late", gate: gate.promise, holdHead: true });
  const url = `${impatient.url}/v1/chat/completions`;
  checkProxyError(await post(url, chat("silence"), operator), 504);
  gate.open();
  console.log("ok: the manifest's proxy runs, and says 504 when a gateway is silent for too long");
}

{
  await using documented = await startProxied(documentedNginx);
  await checkAll("nginx", documented, checks);
}
