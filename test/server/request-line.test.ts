import { readdirSync, readFileSync } from "node:fs";
import type { FastifyRequest } from "fastify";
import { pino } from "pino";
import { expect, test } from "vitest";

import { AnswerFacts } from "../../src/server/answer-facts.ts";
import { toRequestLine } from "../../src/server/request-line.ts";

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

test("docs/logs.md has every event of the code, and no other", () => {
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter(
    (name) => /^(?:server|cli|gateway)/.test(name) && name.endsWith(".ts"),
  );
  const logged = sources.flatMap((name) =>
    [...readFileSync(`src/${name}`, "utf8").matchAll(/\bevent: "([a-z]+)"/g)].map(([, event]) => event),
  );
  const page = readFileSync("docs/logs.md", "utf8");
  const others = [...page.matchAll(/^\| `([a-z]+)` \| (?:info|debug|warn) \|/gm)].map(([, event]) => event);
  expect(new Set(logged)).toEqual(new Set(["background", "request", ...others]));
});
