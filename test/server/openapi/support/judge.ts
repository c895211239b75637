import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { expect } from "vitest";

import type { Content } from "./document.ts";
import { findAnswer, isHead, type OpenApi } from "./document.ts";

/** An answer, read whole. */
export interface GivenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Headers that HTTP itself, CORS or a browser's rules bring along: no operation tells of them. */
const usual =
  /^(?:content-(?:type|length|encoding|security-policy)|date|connection|keep-alive|transfer-encoding|access-control-.*|vary|x-content-type-options|referrer-policy|cross-origin-.*|x-accel-buffering|cache-control)$/;

/** Judges answers by a document. */
export interface Judge {
  /** Fails unless the answer is one of those that the document has for the operation. Gives the names of a stream's events. */
  check(operation: string, given: GivenAnswer): readonly string[];
}

/**
 * Creates the judge of answers. For it objects have only the fields that the document names, so that it fails where something is not
 * described; for clients they are open.
 */
export function createJudge(document: OpenApi): Judge {
  const closed = close(document) as OpenApi;
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false });
  ajv.addSchema({ $id: "https://judge.test/", ...closed });
  const validators = new Map<string, ValidateFunction>();

  function validate(schema: unknown, value: unknown, where: string): void {
    const text = JSON.stringify(schema).replaceAll('"#/', '"https://judge.test/#/');
    const check = validators.get(text) ?? ajv.compile(JSON.parse(text));
    validators.set(text, check);
    if (!check(value)) {
      expect.fail(`${where}: ${ajv.errorsText(check.errors)} in ${JSON.stringify(value).slice(0, 2000)}`);
    }
  }

  function checkStream(content: Content, text: string, where: string): string[] {
    const names: string[] = [];
    const frames = text.split("\n\n").filter((frame) => frame !== "");
    let ended = false;
    let failed = false;
    for (const frame of frames) {
      const lines = frame.split("\n").filter((line) => !line.startsWith(":"));
      if (lines.length === 0) continue;
      // No field of an event stream, so nothing to its readers: Gemini's error, which the next event has again.
      if (lines.every((line) => line.startsWith("{"))) {
        expect(text, where).toContain(`${frame}\n\ndata: ${frame}\n\n`);
        continue;
      }
      expect(ended, `${where}: nothing follows the end`).toBe(false);
      const name = lines.find((line) => line.startsWith("event: "))?.slice(7);
      const data = lines.find((line) => line.startsWith("data: "))?.slice(6) ?? "";
      if (data === content["x-stream-end"]) {
        ended = true;
        continue;
      }
      const events = content["x-stream-events"];
      const schema = events === undefined ? content.schema : events[name ?? ""];
      expect(schema, `${where}: the event ${name}`).toBeDefined();
      validate(schema, JSON.parse(data), `${where}, event ${name ?? ""}`);
      failed = "error" in JSON.parse(data);
      names.push(name ?? "");
    }
    expect(names.length, `${where}: events`).toBeGreaterThan(0);
    // What failed never ends as if it were complete.
    if (content["x-stream-end"] !== undefined) expect(ended, `${where}: its end`).toBe(!failed);
    return names;
  }

  function checkLines(content: Content, text: string, where: string): void {
    expect(text.endsWith("\n"), `${where}: the last line is whole`).toBe(true);
    const lines = text.slice(0, -1).split("\n");
    for (const [at, line] of lines.entries()) {
      const value: unknown = JSON.parse(line);
      validate(content.schema, value, `${where}, line ${at}`);
      const { "x-stream-last": last } = content;
      if (last === undefined) continue;
      if (at === lines.length - 1) validate(last, value, `${where}, the last line`);
      else expect(() => validate(last, value, where), `${where}: nothing follows the end`).toThrow();
    }
  }

  return {
    check(operation, { status, headers, text }) {
      const where = `${operation} ${status}`;
      const answer = findAnswer(closed, operation, status);
      // As the introduction says: a failed request may have all headers of an answer.
      const told = Object.keys(status < 400 ? (answer.headers ?? {}) : closed.components.headers);
      expect(headers["x-request-id"], where).toBeTypeOf("string");
      expect(
        Object.keys(headers).filter((name) => !usual.test(name) && !told.includes(name)),
        `${where}: headers that the document does not have`,
      ).toEqual([]);
      for (const name of told) {
        if (headers[name] === undefined) continue;
        const { schema } = closed.components.headers[name] ?? {};
        validate(
          schema,
          schema?.type === "integer" ? Number(headers[name]) : headers[name],
          `${where}, ${name}`,
        );
      }
      if (answer.content === undefined || isHead(closed, operation)) {
        expect(text, where).toBe("");
        return [];
      }
      const type = String(headers["content-type"]).split(";", 1)[0] ?? "";
      const content = answer.content[type];
      if (content === undefined) expect.fail(`${where}: the document has no ${type}`);
      if (type === "text/event-stream") return checkStream(content, text, where);
      if (type === "application/x-ndjson") checkLines(content, text, where);
      else if (type === "application/json") validate(content.schema, JSON.parse(text), where);
      else {
        expect(text.length, where).toBeGreaterThan(0);
        validate(content.schema, text, where);
      }
      return [];
    },
  };
}

/** The same with all objects closed whose fields are named and that say nothing of others. */
function close(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(close);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, member]) => [
    name,
    // What is no schema stays as it is.
    name === "example" || name === "examples" ? member : close(member),
  ]);
  const closed = Object.fromEntries(entries) as Record<string, unknown>;
  const isOpen = closed["additionalProperties"] !== undefined || typeof closed["properties"] !== "object";
  return closed["type"] !== "object" || isOpen ? closed : { ...closed, additionalProperties: false };
}
