import { expect, test } from "vitest";

import { get, post } from "../../support/post.ts";
import { startStack } from "../../support/start-stack.ts";

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test("tells other names of models, patterns too, in their order; a key those of its models", async () => {
  const env = {
    MODEL_ALIASES: "gpt-4o=DeepSeek-V3.2,claude-*=DeepSeek-V3.2,old=Gone-1,dall-e-*=AkashGen",
    ADMIN_TOKEN: "operators-own",
  };
  await using stack = await startStack({ env });
  const { url } = stack;
  const wish = { name: "ci", models: ["DeepSeek*"] };
  const { key } = (await post(`${url}/admin/v1/keys`, wish, bearer("operators-own"))).json();
  const aliasesFor = async (token: string) => (await get(`${url}/v1/status`, bearer(token))).json().aliases;
  const ofKey = [
    { name: "gpt-4o", model: "DeepSeek-V3.2" },
    { name: "claude-*", model: "DeepSeek-V3.2" },
  ];
  expect(await aliasesFor("operators-own")).toEqual([
    ...ofKey,
    { name: "old", model: null },
    { name: "dall-e-*", model: "AkashGen" },
  ]);
  expect(await aliasesFor(key)).toEqual(ofKey);
  await using silent = await startStack({ env: { ...env, LIST_ALIASES: "off", ADMIN_TOKEN: "" } });
  expect((await get(`${silent.url}/v1/status`)).json().aliases).toEqual([]);
});
