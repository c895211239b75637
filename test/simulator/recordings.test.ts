import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { startSimulator, type Simulator } from "../../src/simulator/index.ts";
import { ACCESS_TOKEN, instanceOptions, NOT_PLAYED, PLAYS, type Clock } from "./plays.ts";
import { recordedModels } from "./recorded-models.ts";
import { comparable, exchange, readRecordings, type Recording } from "./recording.ts";
import { scriptOf } from "./script-of-recording.ts";

describe.each(["A", "B"] as const)("the simulator against recordings of generation %s", (generation) => {
  const models = recordedModels(generation);
  const played = readRecordings(generation).filter(({ number }) => !(number in NOT_PLAYED));

  it.each(played)("$name", async (recording) => {
    const play = PLAYS[recording.number] ?? {};
    const clock: Clock = { at: Date.UTC(2026, 10, 22, 23, 50) };
    await using simulator = await startSimulator({
      generation,
      models,
      now: () => clock.at,
      ...instanceOptions(recording.number),
      ...play.options,
    });
    const cookie = await openSession(simulator, generation);
    const send = async (path: string, init: { method?: string; body?: object } = {}): Promise<void> => {
      const reply = await fetch(simulator.url + path, {
        method: init.method ?? "POST",
        headers: { cookie, authorization: bearer(generation) },
        ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
      });
      await reply.arrayBuffer();
    };
    await play.before?.({ simulator, clock, send });
    const script = scriptOf(recording);
    if (script !== undefined) simulator.enqueue(script);

    const request = play.keepCookie === true ? recording.request : withCookie(recording, cookie);
    const reply = await exchange(simulator.url, request);

    expect(comparable(reply)).toEqual(comparable(recording.reply));
  });
});

it("every recording that is not played says why and exists", () => {
  const numbers = new Set([...readRecordings("A"), ...readRecordings("B")].map(({ number }) => number));
  expect(Object.keys(NOT_PLAYED).filter((number) => !numbers.has(Number(number)))).toEqual([]);
});

async function openSession(simulator: Simulator, generation: "A" | "B"): Promise<string> {
  const reply = await fetch(`${simulator.url}/api/auth/session/`, {
    headers: { "user-agent": "test", authorization: bearer(generation) },
  });
  await reply.arrayBuffer();
  return reply.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

function bearer(generation: "A" | "B"): string {
  const hash = createHash("sha256").update(ACCESS_TOKEN).digest("hex");
  return `Bearer ${generation === "A" ? hash : ACCESS_TOKEN}`;
}

/** The recorded request with a session of ours where it had one of its own, in the same letter case. */
function withCookie({ request }: Recording, cookie: string): Buffer {
  const token = cookie.split("=")[1] ?? "";
  const text = request
    .toString("latin1")
    .replace(/(?<=\bsession_token="?)[0-9a-fA-F]{64}/, (recorded) =>
      recorded === recorded.toLowerCase() ? token : token.toUpperCase(),
    );
  return Buffer.from(text, "latin1");
}
