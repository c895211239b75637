import { readdirSync, readFileSync } from "node:fs";
import type { FastifyReply, FastifyRequest } from "fastify";
import { pino } from "pino";
import { expect, test } from "vitest";

import { AnswerFacts } from "../../src/server/answer-facts.ts";
import { toEnding, toRequestLine } from "../../src/server/request-line.ts";

test("docs/logs.md has every field of a request's line, in its order, and no other", () => {
  const log = pino({ level: "silent" });
  // The parts of it that are read.
  const request = {
    id: "req_1",
    log,
    method: "GET",
    url: "/",
    headers: {},
    body: undefined,
    routeOptions: {
      url: "/",
      config: {},
    },
  } as unknown as FastifyRequest;
  const line = toRequestLine(request, new AnswerFacts(request), {
    event: "request",
    status: 200,
    clientLeft: undefined,
    outcome: undefined,
  });
  const page = readFileSync("docs/logs.md", "utf8").split("## The line of a request")[1]?.split("\n## ")[0];
  const documented = [...(page ?? "").matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(documented).toEqual(Object.keys(line));
});

test.each([
  ["an answer that was sent", { writableFinished: true, headersSent: true, statusCode: 200 }, 200, undefined],
  ["a client that left before", { writableFinished: false, headersSent: false, statusCode: 200 }, 499, true],
  [
    "a client that left in between",
    { writableFinished: false, headersSent: true, statusCode: 200 },
    200,
    true,
  ],
  // As Node 20 has it when nobody is there to get the 499.
  ["a 499 that nobody got", { writableFinished: true, headersSent: true, statusCode: 499 }, 499, true],
])("tells how %s ended", (_, raw, status, clientLeft) => {
  // The parts of it that are read.
  const reply = { raw } as unknown as FastifyReply;
  expect(toEnding(reply)).toMatchObject({ status, clientLeft });
});

test("docs/logs.md has every event of the code, and no other", () => {
  // In dialects an `event` is what a client is sent.
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !name.startsWith("dialects"),
  );
  const logged = sources.flatMap((name) =>
    // Behind a parenthesis it is the parameter of a function.
    [...readFileSync(`src/${name}`, "utf8").matchAll(/(?<!\()\bevent: "([a-z-]+)"/g)].map(
      ([, event]) => event,
    ),
  );
  const page = readFileSync("docs/logs.md", "utf8");
  const rows = [
    ...page.matchAll(/^\| ((?:`[a-z-]+`(?:, )?)+) \| (?:(?:info|debug|warn|error)(?:, )?)+ \|/gm),
  ];
  const others = rows.flatMap(([, names = ""]) => [...names.matchAll(/[a-z-]+/g)].map(([name]) => name));
  expect(new Set(logged)).toEqual(new Set(["background", "request", ...others]));
});
