import { expect, test } from "vitest";

import { get, post } from "../support/post.ts";
import { startStack } from "../support/start-stack.ts";

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test("an open gateway takes everybody for anybody", async () => {
  await using stack = await startStack();
  expect((await get(`${stack.url}/v1/access`, bearer("whatever"))).json()).toEqual({
    object: "access",
    caller: "anybody",
    open: true,
    admin: false,
    admin_api: false,
    ledger: true,
    key: null,
    reason: null,
  });
});

test("tells each who they are and what they may, and who nobody is, why", async () => {
  await using stack = await startStack({
    env: { ADMIN_TOKEN: "admin", BEARER_TOKEN: "mine", LEDGER_DAYS: "0" },
  });
  const made = (await post(`${stack.url}/admin/v1/keys`, { name: "ci" }, bearer("admin"))).json();
  const look = async (headers: Record<string, string>) => {
    const reply = await get(`${stack.url}/v1/access`, headers);
    expect(reply.status).toBe(200);
    return reply.json();
  };
  const known = { open: false, admin_api: true, ledger: false };
  expect(await look({})).toMatchObject({
    ...known,
    caller: null,
    admin: false,
    reason: expect.stringContaining("missing"),
  });
  expect(await look(bearer("wrong"))).toMatchObject({
    caller: null,
    admin: false,
    reason: expect.stringContaining("wrong"),
  });
  expect(await look(bearer("mine"))).toMatchObject({
    ...known,
    caller: "operator",
    admin: false,
    reason: null,
  });
  expect(await look(bearer("admin"))).toMatchObject({ ...known, caller: "operator", admin: true });
  const key = await look(bearer(made.key));
  expect(key).toMatchObject({ ...known, caller: "key", admin: false, key: { id: made.id, name: "ci" } });
  expect(JSON.stringify(key)).not.toContain(made.key);
});
