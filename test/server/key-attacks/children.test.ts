/** What somebody who has a key tries by the keys that it can make. */
import { describe, expect, test } from "vitest";

import { createLog } from "../../../src/log.ts";
import { get, post, send } from "../../support/post.ts";
import { startTeam } from "../../support/start-team.ts";

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

function patch(url: string, body: object, key: string) {
  return send("PATCH", url, JSON.stringify(body), { ...bearer(key), "content-type": "application/json" });
}

describe("by keys of its own", () => {
  test("it never changes a budget that one has who is not below it", async () => {
    await using team = await startTeam();
    const stranger = await team.createKey({ budget: { tokens: 100, period: "total" } });
    const mine = await team.createKey();
    const child = await team.createKey({ parent: mine.id, budget: { id: stranger.budget.id } });
    const raised = await patch(
      `${team.url}/v1/keys/${child.id}`,
      { budget: { tokens: 1_000_000, period: "total" } },
      mine.key,
    );
    expect(raised.status).toBe(200);
    // It has one of its own now.
    expect(raised.json().budget.id).not.toBe(stranger.budget.id);
    expect((await team.admin("GET", `/keys/${stranger.id}`)).json().budget.tokens).toBe(100);
  });

  test("it changes one that only those below it have", async () => {
    await using team = await startTeam();
    const mine = await team.createKey();
    const url = `${team.url}/v1/keys`;
    const child = (
      await post(url, { name: "a", budget: { tokens: 5, period: "day" } }, bearer(mine.key))
    ).json();
    const grown = (
      await patch(`${url}/${child.id}`, { budget: { tokens: 9, period: "day" } }, mine.key)
    ).json();
    expect(grown.budget).toEqual({ ...child.budget, tokens: 9 });
  });

  test("it has nobody traced", async () => {
    await using team = await startTeam();
    const mine = await team.createKey();
    const url = `${team.url}/v1/keys`;
    const made = await post(url, { name: "a", trace: true }, bearer(mine.key));
    expect(made.status).toBe(400);
    expect(made.json().error.param).toBe("trace");
    const child = (await post(url, { name: "a", trace: false }, bearer(mine.key))).json();
    expect((await patch(`${url}/${child.id}`, { trace: true }, mine.key)).status).toBe(400);
  });

  test("it makes no end of keys, neither by generations nor by ending them", async () => {
    let now = Date.parse("2027-01-01T00:00:00Z");
    await using team = await startTeam({ overrides: { now: () => now } });
    const mine = await team.createKey();
    const { keys } = team.gateway.services;
    const child = await keys.create({ name: "child" }, mine.id);
    for (let count = 1; count < 1000; count += 1) {
      const parent = count % 2 === 0 ? {} : { parent: child.key.id };
      const { key } = await keys.create({ name: `number ${count}`, ...parent }, mine.id);
      if (count % 3 === 0) await keys.revoke(key.id, mine.id);
    }
    const url = `${team.url}/v1/keys`;
    for (const parent of [mine.id, child.key.id]) {
      const refused = await post(url, { name: "one more", parent }, bearer(mine.key));
      expect(refused.status).toBe(429);
      expect(refused.json().error.message).toMatch(/1,000 keys/);
    }
    expect((await post(url, { name: "one more" }, bearer(child.secret))).status).toBe(429);
    // Those that have ended a day later leave room; the operator needs none.
    expect((await team.createKey({ parent: mine.id })).parent).toBe(mine.id);
    now += 86_400_001;
    expect((await post(url, { name: "one more" }, bearer(mine.key))).status).toBe(201);
    const { data } = (await team.admin("GET", "/keys")).json();
    expect(data).toHaveLength(1003);
  });
});

describe("by times and names", () => {
  test.each([
    [{ expires_at: 9_000_000_000_000_000 }, "expires_at"],
    [{ expires_at: 1_900_000_000_000 }, "expires_at"],
    [{ name: "a\u001b[31mred" }, "name"],
    [{ name: "two\nlines" }, "name"],
    [{ name: "a\u0000b" }, "name"],
    [{ name: "evil\u202Etxt" }, "name"],
    [{ name: "half \ud800 pair" }, "name"],
    [{ models: ["a\u001b]0;title\u0007"] }, "models[0]"],
  ])("%j is refused, and the list stays one", async (body, param) => {
    await using team = await startTeam();
    const { key } = await team.createKey();
    const reply = await post(`${team.url}/v1/keys`, { name: "a", ...body }, bearer(key));
    expect(reply.status).toBe(400);
    expect(reply.json().error.param).toBe(param);
    const list = await team.admin("GET", "/keys");
    expect(list.status).toBe(200);
    expect(list.json().data).toHaveLength(1);
  });

  test("markup is only text, and people's own letters are welcome", async () => {
    await using team = await startTeam();
    const name = `<img src=x onerror="alert(1)"> 张三 👩‍💻 O'Neil`;
    expect((await team.createKey({ name })).name).toBe(name);
  });

  test("a secret in place of an id is never repeated", async () => {
    const lines: string[] = [];
    const write = (text: string) => void lines.push(text);
    const log = await createLog({ LOG_LEVEL: "debug", LOG_FORMAT: "json" }, { write });
    await using team = await startTeam({ overrides: { log } });
    const { key } = await team.createKey();
    for (const reply of [
      await team.admin("GET", `/keys/${key}`),
      await team.admin("POST", "/keys", { name: "a", parent: key }),
      await team.admin("POST", "/keys", { name: "a", budget: { id: key } }),
    ]) {
      expect(reply.status).toBeGreaterThanOrEqual(400);
      expect(reply.text).not.toContain(key);
      expect(reply.json().error.message).toMatch(/secret/);
    }
    await get(`${team.url}/v1/models?key=${key}`);
    await get(`${team.url}/v1/nothing?key=${key}`);
    await get(`${team.url}/nothing/%zz?key=${key}`);
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.join("\n")).not.toContain(key);
  });
});
