/**
 * Whatever fails upstream: the client gets the status and the envelope of its own API, everything that was said before
 * the failure, and never an end that looks like a whole answer; the upstream is let go, and the gateway goes on. What
 * is expected stands in docs/failures.md, from which these tests are made; `support/faults/` brings the faults about.
 */
import { readFileSync } from "node:fs";

import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { encodeError as encodeAnthropicError } from "../../src/dialects/anthropic-messages/encode-error.ts";
import { encodeError as encodeGeminiError } from "../../src/dialects/gemini/encode-error.ts";
import { encodeError as encodeChatError } from "../../src/dialects/openai-chat/encode-error.ts";
import { encodeOllamaError } from "../../src/dialects/encode-ollama-error.ts";
import { encodeOpenAiError } from "../../src/dialects/encode-openai-error.ts";
import { encodeError as encodeResponsesError } from "../../src/dialects/openai-responses/encode-error.ts";
import { encodeFailure } from "../../src/dialects/openai-responses/encode-failure.ts";
import { GatewayError } from "../../src/errors.ts";
import { type AnyDialect, dialects, gemini, generate, images } from "./support/dialects.ts";
import { expectFailure, type Case } from "./support/expect-failure.ts";
import { type FaultRow, readFailures } from "./support/failure-table.ts";
import { faults, type Phase } from "./support/faults/index.ts";
import { createStage, type Mode } from "./support/play-fault.ts";
import { readTable } from "./support/read-table.ts";
import { shapes } from "./support/shapes.ts";

// Most of the time is spent waiting for silence to be too long.
vi.setConfig({ maxConcurrency: 64 });

const page = readFileSync(new URL("../../docs/failures.md", import.meta.url), "utf8");
const { kinds, rows } = readFailures(page);
const stage = createStage();
const rejections: unknown[] = [];
const onRejection = (reason: unknown): void => void rejections.push(reason);

beforeAll(() => {
  // Retries wait at random: not here.
  vi.spyOn(Math, "random").mockReturnValue(0);
  process.on("unhandledRejection", onRejection);
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  process.off("unhandledRejection", onRejection);
  vi.restoreAllMocks();
});

/** Those that write, of which the table tells everything. */
const textual: readonly AnyDialect[] = [...dialects, gemini];
const modes: readonly Mode[] = ["whole", "streamed", "streamed late"];
const picturePhases: ReadonlySet<Phase> = new Set(["ordering a picture", "drawing it", "fetching it"]);

/** Whether heartbeats can come first, and would make a difference. */
function canBeLate({ phase, fault, given }: FaultRow, dialect: AnyDialect): boolean {
  // A stream of the Responses API begins with the name of its model, which is looked up before.
  if (fault.early === true || (phase === "the list of models" && dialect.name === "responses")) return false;
  return phase === "in the stream" ? given(dialect).text === "nothing" : phase !== "after the finish";
}

async function play(given: Case, fields?: object): Promise<void> {
  const { row, dialect, mode, said } = given;
  const outcome = row.outcome(dialect);
  const played = await stage.play({
    fault: row.fault,
    dialect,
    mode,
    model: picturePhases.has(row.phase) ? "AkashGen" : row.fault.model,
    ...(said === undefined ? {} : { said }),
    ...(fields === undefined ? {} : { fields }),
  });
  expectFailure(given, played, "kind" in outcome ? kinds.get(outcome.kind) : undefined);
}

describe.concurrent.each<AnyDialect>([...textual, images])("$name", (dialect) => {
  const own = rows.filter(({ phase }) => dialect.name !== "images" || picturePhases.has(phase));

  describe.each(modes)("%s", (mode) => {
    const played = mode === "streamed late" ? own.filter((row) => canBeLate(row, dialect)) : own;
    test.each(played)("$phase: $name", (row) => play({ row, dialect, mode }));
  });
});

// It shares all but the place of its text with the API before it: one fault of each end is enough.
describe.concurrent("generate", () => {
  const played = [
    "the session route answers 429 and says when",
    "a failure",
    "the connection is cut after thinking",
    "the back end's own limit",
    "a filter",
    "an error follows",
  ];
  const own = rows.filter(({ name }) => played.includes(name));

  test("has a row for each", () => expect(new Set(own.map(({ name }) => name))).toEqual(new Set(played)));
  describe.each(modes.slice(0, 2))("%s", (mode) => {
    test.each(own)("$phase: $name", (row) => play({ row, dialect: generate, mode }));
  });
});

describe.concurrent.each(shapes)("inside of $name", ({ said, fields }) => {
  const within = rows.filter(({ fault }) => fault.within !== undefined);

  describe.each(textual.filter(({ name }) => name in fields))("$name", (dialect) => {
    describe.each(modes.slice(0, 2))("%s", (mode) => {
      test.each(within)("$name", (row) =>
        play({ row, dialect, mode, said, shaped: true }, fields[dialect.name]),
      );
    });
  });
});

describe("the table", () => {
  test("has one row for each fault, and none without", () => {
    const known = Object.entries(faults).flatMap(([phase, list]) =>
      Object.keys(list).map((name) => `${phase}: ${name}`),
    );
    expect(rows.map(({ phase, name }) => `${phase}: ${name}`).sort()).toEqual(known.sort());
  });

  test("describes each kind that occurs, and no other", () => {
    const occurring = rows.flatMap(({ outcome }) =>
      [...textual, images].flatMap((dialect) => {
        const end = outcome(dialect);
        return "kind" in end ? [end.kind] : [];
      }),
    );
    expect([...kinds.keys()].sort()).toEqual([...new Set(occurring)].sort());
  });

  test.each([...kinds.values()])("$kind looks as it is encoded", ({ kind, look, failureCode, repeated }) => {
    const error = new GatewayError(kind, "x");
    const encoded = {
      chat: encodeChatError,
      completions: encodeOpenAiError,
      responses: encodeResponsesError,
    };
    for (const dialect of [...textual, images]) {
      const { status, type, code, final } = look(dialect);
      if (dialect.name === "ollama") {
        const { status: actual, body } = encodeOllamaError(error);
        expect([actual, body]).toEqual([status, { error: expect.stringContaining("x") }]);
        expect(final).toBe(false);
        continue;
      }
      if (dialect.name === "messages") {
        const { status: actual, body } = encodeAnthropicError(error, null);
        expect([actual, body]).toMatchObject([status, { error: { type } }]);
        continue;
      }
      if (dialect.name === "gemini") {
        const { status: actual, body } = encodeGeminiError(error);
        expect([actual, body]).toMatchObject([status, { error: { code: status, status: type } }]);
        continue;
      }
      const encode =
        Object.entries(encoded).find(([name]) => name === dialect.name)?.[1] ?? encodeOpenAiError;
      const { status: actual, headers, body } = encode(error);
      expect([actual, body]).toMatchObject([status, { error: { type, code } }]);
      expect(final).toBe(headers["x-should-retry"] === "false" && error.shouldRetry !== false);
    }
    expect(encodeFailure(error).code).toBe(failureCode);
    expect(repeated).toBe([408, 409, 429].includes(error.status) || error.status >= 500);
  });
});

describe("a table that is not understood", () => {
  test.each([
    ["an unknown phase", "| in the stream |", "| in the river |", "no phase"],
    [
      "a row without a script",
      "| the usage limit |",
      "| the usage limits |",
      '"the usage limits" has no script',
    ],
    ["an unknown kind", "| `rate-limited` | –", "| `rate-limit` | –", "no kind"],
    ["an unknown route", "1 × session", "1 × sessions", "no route"],
    ["an unknown word", "| some |", "| a bit |", "a bit"],
    ["an unknown API", "the answer; Images: ", "the answer; Pictures: ", "no API"],
    ["a cell too many", "| the usage limit |", "| the usage limit | |", "cells"],
  ])("%s", (_name, from, to, problem) => {
    expect(page).toContain(from);
    expect(() => readFailures(page.replace(from, to))).toThrow(problem);
  });

  test("no table", () => {
    expect(() => readTable(page, "## No such heading")).toThrow("no heading");
  });
});

test("nothing was rejected unseen", () => {
  expect(rejections).toEqual([]);
});
