import { expect, test } from "vitest";

import { get } from "../support/post.ts";
import { startStack } from "../support/start-stack.ts";
import { hello, startTeam } from "../support/start-team.ts";
import { post } from "../support/post.ts";

const idsOf = (data: readonly { id: string }[]) => data.map(({ id }) => id);
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

test("a key sees its own requests and nothing of others, whatever it filters by; the operator all", async () => {
  await using team = await startTeam({ env: { BEARER_TOKEN: "sesame" } });
  const [one, other] = [await team.createKey(), await team.createKey()];
  const [mine, theirs] = [await team.chat(one.key), await team.chat(other.key)].map(({ headers }) =>
    String(headers["x-request-id"]),
  );
  const look = (path: string, key: string) => get(`${team.url}/v1/requests${path}`, bearer(key));
  expect(idsOf((await look("", one.key)).json().data)).toEqual([mine]);
  expect(idsOf((await look(`?key=${other.id}`, one.key)).json().data)).toEqual([mine]);
  expect(idsOf((await look("?key=none", one.key)).json().data)).toEqual([mine]);
  expect((await look(`/${mine}`, one.key)).json()).toMatchObject({ id: mine, key: one.id });
  expect((await look(`/${theirs}`, one.key)).status).toBe(404);
  expect(idsOf((await look("", "sesame")).json().data)).toEqual([theirs, mine]);
  expect(idsOf((await look(`?key=${one.id}`, "sesame")).json().data)).toEqual([mine]);
  // As in the query, where some clients put it.
  const byQuery = await get(`${team.url}/v1/requests?key=${one.key}`);
  expect(idsOf(byQuery.json().data)).toEqual([mine]);
  expect((await get(`${team.url}/v1/requests`)).status).toBe(401);
  const csv = await look("?format=csv&limit=1", one.key);
  expect(csv.text.split("\r\n")[1]).toContain(mine);
});

test("where no key is wanted anybody sees all, and looking is noted nowhere", async () => {
  await using stack = await startStack();
  await post(`${stack.url}/v1/chat/completions`, hello);
  await get(`${stack.url}/v1/requests`);
  expect((await get(`${stack.url}/v1/requests`)).json().data).toMatchObject([
    { route: "POST /v1/chat/completions", outcome: "answered" },
  ]);
});

test("without a ledger it says so, and a wrong parameter is named", async () => {
  await using stack = await startStack({ env: { LEDGER_DAYS: "0" } });
  expect((await get(`${stack.url}/v1/requests`)).json().error.message).toContain("LEDGER_DAYS is 0");
  await using other = await startStack();
  const reply = await get(`${other.url}/v1/requests?limit=x`);
  expect([reply.status, reply.json().error.param]).toEqual([400, "limit"]);
});
