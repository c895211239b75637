import { describe, expect, test } from "vitest";

import { matchGlob } from "../../src/model/match-glob.ts";
import { resolveModel } from "../../src/completion/resolve-model.ts";
import { suggestId } from "../../src/suggest/suggest-id.ts";
import { readConfig } from "../../src/config.ts";
import { GatewayError } from "../../src/errors.ts";
import type { Budget } from "../../src/model/budget.ts";
import type { ModelInfo } from "../../src/model/model-info.ts";
import { createFakeUpstream } from "../support/fake-upstream.ts";
import { routerOf } from "../support/router-of.ts";

const offered: ModelInfo[] = [
  { id: "DeepSeek-V3.2", kind: "chat" },
  { id: "Qwen/Qwen3-30B-A3B", kind: "chat" },
  { id: "openai-gpt-oss-120b", kind: "chat" },
  { id: "AkashGen", kind: "image" },
];

const pictures = {
  defaultModel: "AkashGen",
  makeImage: () => {
    throw new Error("Nothing is drawn here.");
  },
  openImage: () => Promise.reject(new Error("Nothing is drawn here.")),
};

async function resolve(
  id: string,
  aliases = "",
  models: readonly ModelInfo[] | GatewayError = offered,
  defaultModel?: string,
) {
  const router = routerOf({ ...createFakeUpstream([], models), pictures });
  const { MODEL_ALIASES } = readConfig({ MODEL_ALIASES: aliases });
  return resolveModel(id, { router, aliases: MODEL_ALIASES, defaultModel }, new AbortController().signal);
}

describe("a model is found", () => {
  test.each([
    ["DeepSeek-V3.2", "", "DeepSeek-V3.2"],
    ["deepseek-v3.2", "", "DeepSeek-V3.2"],
    ["qwen/qwen3-30b-a3b", "", "Qwen/Qwen3-30B-A3B"],
    ["gpt-4o", "gpt-4o=DeepSeek-V3.2", "DeepSeek-V3.2"],
    ["GPT-4o", "gpt-4o=deepseek-v3.2", "DeepSeek-V3.2"],
    ["claude-opus-4-5", "claude-*=Qwen/Qwen3-30B-A3B", "Qwen/Qwen3-30B-A3B"],
    ["claude-haiku", "claude-*=DeepSeek-V3.2,claude-haiku=openai-gpt-oss-120b", "openai-gpt-oss-120b"],
    ["DeepSeek-V3.2", "*=openai-gpt-oss-120b", "DeepSeek-V3.2"],
    ["whatever", "*=openai-gpt-oss-120b", "openai-gpt-oss-120b"],
    ["DeepSeek-V3.2", "DeepSeek-V3.2=openai-gpt-oss-120b", "openai-gpt-oss-120b"],
    ["claude-akash/Qwen/Qwen3-30B-A3B", "claude-*=DeepSeek-V3.2", "Qwen/Qwen3-30B-A3B"],
    ["Claude-Akash/fast", "fast=DeepSeek-V3.2", "DeepSeek-V3.2"],
    ["auto", "", "DeepSeek-V3.2"],
    ["Auto", "", "DeepSeek-V3.2"],
    ["gpt-4o", "gpt-4o=auto", "DeepSeek-V3.2"],
    ["auto", "auto=openai-gpt-oss-120b", "openai-gpt-oss-120b"],
    ["auto", "*=openai-gpt-oss-120b", "openai-gpt-oss-120b"],
    // As Ollama's clients write them.
    ["DeepSeek-V3.2:latest", "", "DeepSeek-V3.2"],
    ["qwen/qwen3-30b-a3b:LATEST", "", "Qwen/Qwen3-30B-A3B"],
    ["gpt-4o:latest", "gpt-4o=DeepSeek-V3.2", "DeepSeek-V3.2"],
    ["gpt-4o:latest", "gpt-4o=DeepSeek-V3.2,gpt-4o:latest=openai-gpt-oss-120b", "openai-gpt-oss-120b"],
    ["auto:latest", "", "DeepSeek-V3.2"],
  ])("%s with aliases %j is %s", async (id, aliases, expected) => {
    expect((await resolve(id, aliases)).id).toBe(expected);
  });
});

test("a model that has the tag in its id is found with it and without", async () => {
  const models: ModelInfo[] = [{ id: "llama3:latest", kind: "chat" }, ...offered];
  expect((await resolve("llama3:latest", "", models)).id).toBe("llama3:latest");
  expect((await resolve("llama3", "", models)).id).toBe("llama3:latest");
});

describe("auto", () => {
  test("is the first that writes, and never in the way of a model of that name", async () => {
    const image: ModelInfo = { id: "AkashGen", kind: "image" };
    expect((await resolve("auto", "", [image, ...offered])).id).toBe("DeepSeek-V3.2");
    expect((await resolve("auto", "", [...offered, { id: "Auto", kind: "chat" }])).id).toBe("Auto");
  });

  test("fails with the list, and where nothing writes", async () => {
    const away = new GatewayError("upstream-unavailable", "It is away.");
    await expect(resolve("auto", "", away)).rejects.toThrow("It is away.");
    await expect(resolve("auto", "", [{ id: "AkashGen", kind: "image" }])).rejects.toMatchObject({
      kind: "upstream-unavailable",
    });
  });
});

describe("auto with DEFAULT_MODEL", () => {
  test.each([
    ["auto", "openai-gpt-oss-120b", "", "openai-gpt-oss-120b"],
    ["AUTO", "OPENAI-GPT-OSS-120B", "", "openai-gpt-oss-120b"],
    ["auto", "fast", "fast=Qwen/Qwen3-30B-A3B", "Qwen/Qwen3-30B-A3B"],
    ["auto", "gpt-4o", "gpt-*=Qwen/Qwen3-30B-A3B", "Qwen/Qwen3-30B-A3B"],
    ["gpt-4o", "openai-gpt-oss-120b", "gpt-4o=auto", "openai-gpt-oss-120b"],
    ["gpt-4o", "openai-gpt-oss-120b", "gpt-*=auto", "openai-gpt-oss-120b"],
    // An alias of that very name is what somebody wants, one for everything is for what has no other meaning.
    ["auto", "openai-gpt-oss-120b", "auto=DeepSeek-V3.2", "DeepSeek-V3.2"],
    ["auto", "openai-gpt-oss-120b", "*=DeepSeek-V3.2", "openai-gpt-oss-120b"],
    ["auto", "auto", "", "DeepSeek-V3.2"],
    ["auto", "any", "any=auto", "DeepSeek-V3.2"],
    ["DeepSeek-V3.2", "openai-gpt-oss-120b", "", "DeepSeek-V3.2"],
  ])("%s with DEFAULT_MODEL=%s and aliases %j is %s", async (id, defaultModel, aliases, expected) => {
    expect((await resolve(id, aliases, offered, defaultModel)).id).toBe(expected);
  });

  test("is never in the way of a model of that name", async () => {
    const models: ModelInfo[] = [...offered, { id: "Auto", kind: "chat" }];
    expect((await resolve("auto", "", models, "DeepSeek-V3.2")).id).toBe("Auto");
  });

  test("needs no list, as any other id", async () => {
    const away = new GatewayError("upstream-unavailable", "It is away.");
    expect(await resolve("auto", "", away, "DeepSeek-V3.2")).toMatchObject({
      id: "DeepSeek-V3.2",
      kind: "chat",
    });
  });

  test("that is not offered, or draws, is refused by the name of the setting", async () => {
    await expect(resolve("auto", "", offered, "DeepSeek-V3.1")).rejects.toMatchObject({
      kind: "model-not-found",
      message: expect.stringMatching(/DEFAULT_MODEL.*`DeepSeek-V3\.1`.*Did you mean `DeepSeek-V3\.2`/),
    });
    await expect(resolve("auto", "", offered, "akashgen")).rejects.toMatchObject({
      kind: "model-not-found",
      message: expect.stringMatching(/DEFAULT_MODEL.*`akashgen` draws/),
    });
    await expect(resolve("DeepSeek-V3.1", "", offered, "DeepSeek-V3.2")).rejects.not.toThrow(/DEFAULT_MODEL/);
  });
});

describe("other spellings", () => {
  const raw: ModelInfo[] = [
    "deepseek-ai/DeepSeek-V3.2",
    "openai/gpt-oss-120b",
    "NousResearch/Hermes-4-405B-FP8",
    "meta-llama/Llama-3.3-70B-Instruct",
    "org/Twin",
    "other/Twin",
    "Kimi-K2-Instruct",
    "/slash",
    "vendor/",
  ].map((id) => ({ id, kind: "chat", raw: true }));
  const usual: ModelInfo[] = [
    { id: "DeepSeek-V3.2", kind: "chat", backEndId: "deepseek-ai/DeepSeek-V3.2" },
    { id: "One", kind: "chat", backEndId: "org/shared" },
    { id: "Two", kind: "chat", backEndId: "org/shared" },
  ];

  test.each([
    ["DeepSeek-V3.2", "deepseek-ai/DeepSeek-V3.2"],
    ["deepseek-v3.2", "deepseek-ai/DeepSeek-V3.2"],
    ["openai-gpt-oss-120b", "openai/gpt-oss-120b"],
    ["gpt-oss-120b", "openai/gpt-oss-120b"],
    ["NousResearch-Hermes-4-405B-FP8", "NousResearch/Hermes-4-405B-FP8"],
    ["Meta-Llama-3-3-70B-Instruct", "meta-llama/Llama-3.3-70B-Instruct"],
    ["org/Twin", "org/Twin"],
  ])("%s on a list of raw ids is %s", async (id, expected) => {
    expect((await resolve(id, "", raw)).id).toBe(expected);
  });

  test.each([
    "Twin",
    "DeepSeek-V3",
    "DeepSeek-V32",
    "V3.2",
    "oss-120b",
    "xopenai-gpt-oss-120b",
    "azure/gpt-oss-120b",
    "meta-llama/Llama-3.3-70B",
    "",
    "-",
    "x".repeat(1_000_000),
  ])("%.30s is nothing on it", async (id) => {
    await expect(resolve(id, "", raw)).rejects.toMatchObject({ kind: "model-not-found" });
  });

  test("the image model is not unknown because a list of raw ids is without it", async () => {
    expect(await resolve("akashgen", "", raw)).toMatchObject({ id: "AkashGen", kind: "image" });
    await expect(resolve("akashgen", "", usual)).rejects.toMatchObject({ kind: "model-not-found" });
  });

  test.each(["Qwen3-30B", "gpt-oss-120b", "other/Qwen3-30B-A3B"])(
    "%s is nothing on a list of usual ids",
    async (id) => {
      await expect(resolve(id)).rejects.toThrow(/Did you mean/);
    },
  );

  test("a vendor may be left out, or be in front where the list has none", async () => {
    expect((await resolve("qwen3-30b-a3b")).id).toBe("Qwen/Qwen3-30B-A3B");
    expect((await resolve("any/deepseek-v3.2")).id).toBe("DeepSeek-V3.2");
  });

  test("the back end's id is one of the model, unless it is one of two", async () => {
    expect((await resolve("DeepSeek-AI/deepseek-v3.2", "", usual)).id).toBe("DeepSeek-V3.2");
    await expect(resolve("org/shared", "", usual)).rejects.toMatchObject({ kind: "model-not-found" });
  });

  test("an alias leads to them, and a pattern leaves them alone", async () => {
    expect((await resolve("gpt-4o", "gpt-4o=DeepSeek-V3.2", raw)).id).toBe("deepseek-ai/DeepSeek-V3.2");
    expect((await resolve("gpt-oss-120b", "gpt-*=DeepSeek-V3.2", raw)).id).toBe("openai/gpt-oss-120b");
  });
});

/** Resolves over a list and a newer one; tells how often the newer one was asked for. */
async function resolveAnew(id: string, newer: readonly ModelInfo[] | GatewayError, aliases = "") {
  let asked = 0;
  const { MODEL_ALIASES } = readConfig({ MODEL_ALIASES: aliases });
  const upstream = {
    listModels: () => Promise.resolve(offered),
    refreshModels() {
      asked += 1;
      return newer instanceof Error ? Promise.reject(newer) : Promise.resolve(newer);
    },
  };
  const options = { router: routerOf(upstream), aliases: MODEL_ALIASES };
  const outcome = await resolveModel(id, options, new AbortController().signal).catch(
    (error: unknown) => error,
  );
  return { outcome, asked };
}

describe("an id that is not on the list", () => {
  const added: ModelInfo = { id: "New", kind: "chat" };

  test.each([
    ["new", ""],
    ["gpt-4o", "gpt-4o=New"],
    ["claude-x", "claude-*=New"],
  ])("%s with aliases %j is looked for on a newer one, once", async (id, aliases) => {
    expect(await resolveAnew(id, [...offered, added], aliases)).toMatchObject({ outcome: added, asked: 1 });
  });

  test("is refused in the words of the newer list, or of the old one when there is none", async () => {
    const { outcome } = await resolveAnew("x", [added]);
    expect(outcome).toMatchObject({
      kind: "model-not-found",
      message: expect.stringMatching(/Available: New\./),
    });
    const failed = await resolveAnew("x", new GatewayError("upstream-timeout", "late"));
    expect(failed.outcome).toMatchObject({
      kind: "model-not-found",
      message: expect.stringMatching(/Available: DeepSeek-V3\.2, /),
    });
  });

  test("asks for none when the id or its alias is there, or the caller left", async () => {
    expect((await resolveAnew("DeepSeek-V3.2", [])).asked).toBe(0);
    expect((await resolveAnew("whatever", [], "*=DeepSeek-V3.2")).asked).toBe(0);
    const left = await resolveAnew("x", new GatewayError("aborted", "gone"));
    expect(left.outcome).toMatchObject({ kind: "aborted" });
  });
});

describe("over several upstreams", () => {
  const down = new GatewayError("upstream-unavailable", "It is down.");
  const over = (id: string, aliases = "") => {
    const router = routerOf(
      [
        { name: "web", ...createFakeUpstream([], offered), budget: () => spent },
        { name: "laptop", ...createFakeUpstream([], down) },
        { name: "paid", ...createFakeUpstream([], [{ id: "Paid", kind: "chat" }]) },
      ],
      [{ name: "private", targets: ["laptop/*"] }],
    );
    const { MODEL_ALIASES } = readConfig({ MODEL_ALIASES: aliases });
    return resolveModel(id, { router, aliases: MODEL_ALIASES }, new AbortController().signal);
  };
  let spent: Budget | undefined;

  test("a name whose upstream gives no list is nobody else's, and that is said", async () => {
    for (const [id, aliases] of [
      ["private", ""],
      ["x", "x=private"],
      ["nosuch", ""],
    ] as const) {
      await expect(over(id, aliases)).rejects.toMatchObject({
        kind: "model-not-found",
        message: expect.stringMatching(/The upstream `laptop` gives no list of its models now: It is down\./),
      });
    }
  });

  test("auto is the first that answers now", async () => {
    expect((await over("auto")).id).toBe("DeepSeek-V3.2");
    spent = { usedPercent: 100, spent: true, resetsAt: Date.now() + 60_000, size: undefined };
    expect((await over("auto")).id).toBe("Paid");
  });
});

describe("an unknown model", () => {
  test("is an error that names the nearest and all others", async () => {
    await expect(resolve("DeepSeek-V3.1")).rejects.toMatchObject({
      kind: "model-not-found",
      param: "model",
      shouldRetry: false,
      message:
        "The model `DeepSeek-V3.1` does not exist. Did you mean `DeepSeek-V3.2`? " +
        "Available: DeepSeek-V3.2, Qwen/Qwen3-30B-A3B, openai-gpt-oss-120b, AkashGen.",
    });
  });

  test("of another vendor is told of MODEL_ALIASES", async () => {
    await expect(resolve("claude-opus-4-5")).rejects.toThrow(/MODEL_ALIASES=claude-opus-4-5=/);
  });

  test("behind an alias is told apart", async () => {
    await expect(resolve("gpt-4o", "gpt-4o=DeepSeek-V3.1")).rejects.toThrow(
      /`gpt-4o` is an alias of `DeepSeek-V3\.1` \(MODEL_ALIASES\), which does not exist\. Did you mean/,
    );
  });
});

test("when the list can't be had, the id passes, aliases applied", async () => {
  const failure = new GatewayError("upstream-unavailable", "down");
  expect(await resolve("Some-Model", "", failure)).toMatchObject({ id: "Some-Model", kind: "chat" });
  expect(await resolve("claude-x", "claude-*=DeepSeek-V3.2", failure)).toMatchObject({ id: "DeepSeek-V3.2" });
  expect(await resolve("akashgen", "", failure)).toMatchObject({ id: "AkashGen", kind: "image" });
});

test("a caller who leaves is not answered", async () => {
  await expect(resolve("x", "", new GatewayError("aborted", "gone"))).rejects.toMatchObject({
    kind: "aborted",
  });
});

test.each([
  ["claude-*", "claude-opus-4", true],
  ["claude-*", "xclaude-opus", false],
  ["*-VL*", "Qwen2.5-vl-72B", true],
  ["*", "", true],
  ["a*b*c", "aXbYc", true],
  ["a*b*c", "acb", false],
  ["a*a", "a", false],
  ["gpt.4", "gpt-4", false],
  ["*b*b*", "ab", false],
])("%s matches %s: %s", (pattern, id, expected) => {
  expect(matchGlob(pattern, id)).toBe(expected);
});

test.each([
  ["deepseek v3.2", "DeepSeek-V3.2"],
  ["gpt-oss-120b", "openai-gpt-oss-120b"],
  ["deepseek-ai/DeepSeek-V3.2", "DeepSeek-V3.2"],
  ["Qwen3-30B", "Qwen/Qwen3-30B-A3B"],
  ["llama", undefined],
])("%s suggests %s", (wanted, expected) => {
  expect(
    suggestId(
      wanted,
      offered.map((model) => model.id),
    ),
  ).toBe(expected);
});

test.each([
  ["deepseek v3.2", "DeepSeek-V3.2"],
  ["gpt-oss-120b", "openai-gpt-oss-120b"],
  ["gpt-oss-20", "gpt-oss-20b"],
  ["deepseek-v3.3", "DeepSeek-V3.1"],
])("%s suggests %s, among ids that differ by one character", (wanted, expected) => {
  expect(suggestId(wanted, ["DeepSeek-V3.1", "DeepSeek-V3.2", "gpt-oss-20b", "openai-gpt-oss-120b"])).toBe(
    expected,
  );
});
