import { afterAll, expect, test, vi } from "vitest";

import { startCompatibleSimulator } from "../../../src/simulator/index.ts";
import { hasSqlite } from "../../support/has-sqlite.ts";
import { proveKill } from "../../support/team/prove-kill.ts";

// What never comes is waited for, to be told by its name.
vi.setConfig({ testTimeout: 60_000 });
afterAll(() => vi.resetConfig());

test.runIf(hasSqlite)(
  "after kill -9 tokens that were not spent are not counted, and no dollar is forgotten or overdrawn",
  async () => {
    // What the gateway counts itself is 12, and it reserves 10 for the answer.
    const usage = { prompt: 11, completion: 10 };
    await using upstream = await startCompatibleSimulator({
      persona: "vllm",
      models: [{ id: "own" }],
      script: ({ path }) =>
        path.endsWith("/chat/completions")
          ? {
              kind: "answer",
              text: "So many.",
              usage: { promptTokens: usage.prompt, completionTokens: usage.completion },
            }
          : undefined,
    });
    const { broken } = await proveKill({
      upstream: upstream.url,
      model: "own",
      prompt: "Say so many words.",
      usage,
      kills: 2,
      requests: 200,
      clients: 16,
    });
    expect(broken).toEqual([]);
  },
);
