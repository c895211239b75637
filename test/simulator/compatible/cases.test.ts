import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { replyFromCase } from "../../../src/simulator/compatible/index.ts";
import { open } from "./support.ts";

interface Case {
  readonly server: string;
  readonly case: string;
  readonly request: { readonly method?: string; readonly path: string; readonly body?: unknown };
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const file = new URL("../../fixtures/compatible-servers.jsonl", import.meta.url);
const lines = readFileSync(file, "utf8").trim().split("\n");

describe("recorded cases come byte for byte", () => {
  it("all of them are there", () => {
    expect(lines).toHaveLength(109);
  });

  it.each(lines.map((line) => ({ line, recorded: JSON.parse(line) as Case })))(
    "$recorded.server: $recorded.case",
    async ({ line, recorded }) => {
      await using session = await open("vllm");
      const { path, method = "POST", body } = recorded.request;
      session.simulator.enqueueAt(path, replyFromCase(line));
      const reply = await fetch(session.simulator.url + path, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      expect(reply.status).toBe(recorded.status);
      expect(Object.fromEntries(reply.headers)).toMatchObject(recorded.headers);
      // What is not recorded is not invented either.
      expect(reply.headers.get("server")).toBeNull();
      expect(reply.headers.has("content-type")).toBe("content-type" in recorded.headers);
      expect(Buffer.from(await reply.arrayBuffer())).toEqual(Buffer.from(recorded.body));
    },
  );

  it("is a case or an error", () => {
    expect(() => replyFromCase('{"status":200,"body":{}}')).toThrow("A case has a status");
  });
});
