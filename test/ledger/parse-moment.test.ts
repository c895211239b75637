import { expect, test } from "vitest";
import { parseMoment } from "../../src/ledger/parse-moment.ts";

const now = Date.UTC(2026, 10, 27, 9, 30, 15, 250);

const write = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());

test.each([
  { text: "2026-11-27", from: "2026-11-27T00:00:00.000Z", to: "2026-11-28T00:00:00.000Z" },
  { text: "2026-12-31", from: "2026-12-31T00:00:00.000Z", to: "2027-01-01T00:00:00.000Z" },
  { text: "2026-11-27T09:00:00Z", from: "2026-11-27T09:00:00.000Z" },
  { text: "2026-11-27T09:00:00.125Z", from: "2026-11-27T09:00:00.125Z" },
  { text: "2026-11-27T09:00", from: "2026-11-27T09:00:00.000Z" },
  { text: "2026-11-27 09:00:00", from: "2026-11-27T09:00:00.000Z" },
  { text: "2026-11-27t09:00:00+01:00", from: "2026-11-27T08:00:00.000Z" },
  { text: "0d", from: "2026-11-27T00:00:00.000Z" },
  { text: "7d", from: "2026-11-20T00:00:00.000Z" },
  { text: "12h", from: "2026-11-26T21:00:00.000Z" },
  { text: "1795780000", from: "2026-11-27T11:46:40.000Z" },
])("$text", ({ text, from, to = from }) => {
  expect(write(parseMoment(text, "from", now))).toBe(from);
  expect(write(parseMoment(text, "to", now))).toBe(to);
});

test.each([
  "",
  "yesterday",
  "7w",
  "-7d",
  "2026-02-30",
  "2026-13-01",
  "2026-11-27T25:00Z",
  "27.11.2026",
  "2026-11-27T09",
  "1e9",
  "9999999d",
  "999999999999",
])("%j is none", (text) => {
  expect(parseMoment(text, "from", now)).toBeUndefined();
});
