/** Servers that break off anywhere, in every way: each request ends once, as a whole answer or with an error, and none is mixed. */
import type { ServerResponse } from "node:http";

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { GatewayError } from "../../../src/errors.ts";
import { serve } from "../akash-chat/support/serve.ts";
import { ask, createUpstream, frames } from "./create-upstream.ts";
import { textOf } from "./read-case.ts";

type End = "well" | "cut" | "reset" | "garbage";

interface Behaviour {
  readonly status: number;
  readonly end: End;
  /** Of the body, 0 to 1. */
  readonly at: number;
  readonly asJson: boolean;
}

const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  status: fc.constantFrom(200, 200, 200, 200, 402, 429, 500, 502, 503),
  end: fc.constantFrom<End>("well", "well", "cut", "reset", "garbage"),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  asJson: fc.boolean(),
});

const wordsOf = (id: number) => Array.from({ length: 8 }, (_, at) => `w${id}.${at} `);

function behave({ status, end, at, asJson }: Behaviour, id: number, response: ServerResponse): void {
  const words = wordsOf(id);
  const good = asJson
    ? JSON.stringify({ choices: [{ index: 0, message: { content: words.join("") }, finish_reason: "stop" }] })
    : frames(...words.map((content) => ({ content })));
  const body = status === 200 ? good : "<html>no</html>";
  const cut = Math.floor(at * body.length);
  response.writeHead(status, { "content-type": asJson ? "application/json" : "text/event-stream" });
  if (end === "well") response.end(body);
  else if (end === "cut") response.end(body.slice(0, cut));
  else if (end === "garbage") response.end(`${body.slice(0, cut)}\n\ndata: {not json\n\n${body.slice(cut)}`);
  else response.write(body.slice(0, cut) || " ", () => response.socket?.resetAndDestroy());
}

test("each request ends once and gives its own answer", async () => {
  let behaviours: readonly Behaviour[] = [];
  await using server = await serve((seen, response) => {
    const { model } = JSON.parse(seen.body) as { model: string };
    const one = behaviours[Number(model)];
    if (one !== undefined) behave(one, Number(model), response);
  });
  await using upstream = createUpstream(server.url);
  await fc.assert(
    fc.asyncProperty(fc.array(behaviour, { minLength: 1, maxLength: 12 }), async (drawn) => {
      behaviours = drawn;
      const before = server.seen.length;
      const answers = await Promise.all(
        drawn.map((_, id) => ask(upstream, { model: `${id}` }, { hasOthers: true })),
      );
      for (const [id, { events, error }] of answers.entries()) {
        const words = wordsOf(id).join("");
        const text = textOf(events, "text");
        expect(words.startsWith(text)).toBe(true);
        const finishes = events.filter(({ type }) => type === "finish").length;
        if (error === undefined) {
          expect(finishes).toBe(1);
          expect(text).toBe(words);
        } else {
          expect(error).toBeInstanceOf(GatewayError);
          expect(finishes).toBe(0);
        }
        if (drawn[id]?.status === 200 && drawn[id].end === "well") expect(error).toBeUndefined();
      }
      // Others can be asked, so nothing is asked twice.
      expect(server.seen.length - before).toBe(drawn.length);
    }),
    { numRuns: 100 },
  );
});
