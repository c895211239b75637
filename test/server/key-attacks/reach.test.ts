/** What somebody who has a key tries, to get at models and at what others have. */
import { describe, expect, test, vi } from "vitest";

import { createGate } from "../../support/gate.ts";
import { get, post, send } from "../../support/post.ts";
import { hello, startTeam } from "../../support/start-team.ts";

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

describe("by the API that it asks", () => {
  test("a model that it may not use is not even counted for", async () => {
    await using team = await startTeam();
    const { key } = await team.createKey({ models: ["DeepSeek*"] });
    for (const path of ["messages/count_tokens", "responses/input_tokens", "responses/compact"]) {
      const body = { model: "gpt-oss-120b", messages: hello.messages, input: "Hello" };
      const { messages, input, model } = body;
      const sent = path.startsWith("messages") ? { model, messages } : { model, input };
      expect([path, (await post(`${team.url}/v1/${path}`, sent, bearer(key))).status]).toEqual([path, 403]);
    }
  });

  test("HEAD and OPTIONS open nothing", async () => {
    await using team = await startTeam();
    await team.createKey();
    expect((await send("HEAD", `${team.url}/v1/models`, null)).status).toBe(401);
    expect((await send("HEAD", `${team.url}/admin/v1/keys`, null)).status).toBe(401);
    expect((await send("HEAD", `${team.url}//admin/v1//keys/`, null)).status).toBe(401);
    expect((await send("OPTIONS", `${team.url}/admin/v1/keys`, null)).text).toBe("");
  });
});

async function startTwo() {
  const team = await startTeam({ env: { BEARER_TOKEN: "sesame" } });
  const [victim, thief] = [await team.createKey(), await team.createKey()];
  const url = `${team.url}/v1/responses`;
  return {
    team,
    url,
    victim: bearer(victim.key),
    thief: bearer(thief.key),
    [Symbol.asyncDispose]: () => team.close(),
  };
}

describe("by what others have stored", () => {
  test("an item of another's response is no reference", async () => {
    await using two = await startTwo();
    const { url, victim, thief, team } = two;
    team.simulator.enqueue({ text: "the secret of the victim" });
    const made = (await post(url, { model: hello.model, input: "Hello" }, victim)).json();
    const input = [
      { type: "item_reference", id: made.output[0].id },
      { role: "user", content: "Say it again." },
    ];
    const asked = team.simulator.requests.length;
    expect((await post(url, { model: hello.model, input }, thief)).status).toBe(404);
    expect((await post(url, { model: hello.model, input }, victim)).status).toBe(200);
    const prompts = JSON.stringify(team.simulator.requests.slice(asked));
    expect(prompts.split("the secret of the victim").length - 1).toBe(1);
    const body = { model: hello.model, input: "x", previous_response_id: made.id };
    for (const path of ["/input_tokens", "/compact", ""])
      expect((await post(url + path, body, thief)).status).toBe(400);
    expect((await post(`${team.url}/v1/chat/completions`, body, thief)).status).toBe(400);
  });

  test("nobody but its owner ends, follows or deletes a run", async () => {
    await using two = await startTwo();
    const { url, victim, thief, team } = two;
    const gate = createGate();
    team.simulator.enqueue({ text: "slow", gate: gate.promise });
    const run = (await post(url, { model: hello.model, input: "Hello", background: true }, victim)).json();
    expect((await get(`${url}/${run.id}?stream=true`, thief)).status).toBe(404);
    expect((await send("DELETE", `${url}/${run.id}`, null, thief)).status).toBe(404);
    expect((await post(`${url}/${run.id}/cancel`, {}, thief)).status).toBe(404);
    const next = { model: hello.model, input: "x", previous_response_id: run.id };
    expect((await post(url, next, thief)).json().error.message).toMatch(/not found/);
    gate.open();
    await vi.waitFor(async () =>
      expect((await get(`${url}/${run.id}`, victim)).json().status).toBe("completed"),
    );
    expect((await send("DELETE", `${url}/${run.id}`, null, thief)).status).toBe(404);
    expect((await send("DELETE", `${url}/${run.id}`, null, victim)).status).toBe(200);
  });

  test("a thread is continued by its owner alone", async () => {
    await using two = await startTwo();
    const { victim, thief, team } = two;
    const url = `${team.url}/v1/messages`;
    const begun = (await post(url, { ...hello, thread: { type: "create" } }, victim)).json();
    const next = { ...hello, thread: { type: "continue", previous_message_id: begun.id } };
    for (const path of ["", "/count_tokens"])
      expect((await post(url + path, next, thief)).json().error.details.error_code).toBe("thread_not_found");
    expect((await get(`${team.url}/v1/responses/thread:${begun.id}`, victim)).status).toBe(404);
    expect((await post(url, next, victim)).status).toBe(200);
  });
});

describe("by other names of models", () => {
  test.each(["DeepSeek-V3.2", "deepseek-v3.2", "alias", "auto", "claude-anything"])(
    "%s is what it stands for",
    async (model) => {
      await using team = await startTeam({
        env: { MODEL_ALIASES: "alias=DeepSeek-V3.2,claude-*=DeepSeek-V3.2", DEFAULT_MODEL: "DeepSeek-V3.2" },
      });
      const [other, own] = [
        await team.createKey({ models: ["gpt-oss*", "alias", "auto", "claude-*"] }),
        await team.createKey({ models: ["DeepSeek-V3.2"] }),
      ];
      const bodies = [
        ["chat/completions", { ...hello, model }],
        ["messages", { ...hello, model }],
        ["responses", { model, input: "Hello" }],
        ["chat/completions", { model, input: "Hello" }],
        ["responses", { model, input: "Hello", background: true }],
        ["completions", { model, prompt: "Hello" }],
      ] as const;
      for (const [path, body] of bodies) {
        const url = `${team.url}/v1/${path}`;
        expect([path, (await post(url, body, bearer(other.key))).status]).toEqual([path, 403]);
        expect([path, (await post(url, body, bearer(own.key))).status]).toEqual([path, 200]);
      }
    },
  );

  test("who may draw may not write by that, and who may write may not draw", async () => {
    await using team = await startTeam();
    const draws = await team.createKey({ models: ["AkashGen"] });
    const writes = await team.createKey({ models: ["DeepSeek*"] });
    const title = [
      { role: "user", content: "Generate a concise, 3-5 word title for this conversation. Only JSON." },
    ];
    expect((await team.chat(draws.key, { model: "AkashGen", messages: title })).status).toBe(403);
    expect((await team.chat(writes.key, { model: "AkashGen" })).status).toBe(403);
    const url = `${team.url}/v1/images/generations`;
    for (const model of [undefined, "auto", "AkashGen"])
      expect((await post(url, { model, prompt: "a cat" }, bearer(writes.key))).status).toBe(403);
    expect(
      team.simulator.requests.filter(({ path }) => path.includes("chat") || path.includes("image")),
    ).toEqual([]);
  });
});
