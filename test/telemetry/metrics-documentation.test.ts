/** docs/metrics.md and the dashboard of deploy/grafana/ against the page itself. */
import { readFileSync } from "node:fs";
import { beforeAll, afterAll, expect, test } from "vitest";

import { attribute } from "../../src/telemetry/span-names.ts";
import { get } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";

/** The metrics of the page: name, type, and the labels that stand in its samples. */
let types: ReadonlyMap<string, string>;
let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { METRICS_ADDRESS: "127.0.0.1:0" } });
  const { text } = await get(stack.gateway.metricsUrl ?? "");
  types = new Map(
    [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = "", type = ""]) => [name, type]),
  );
});
afterAll(() => stack.close());

const page = readFileSync("docs/metrics.md", "utf8");
const isOurs = (name: string): boolean => name.startsWith("akashchat_");

test("every metric of ours is in docs/metrics.md with its type, and no other", () => {
  const rows = [...page.matchAll(/^\| `(akashchat_\w+)` \| (\w+) \|/gm)].map(([, name, type]) => [
    name,
    type,
  ]);
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries([...types].filter(([name]) => isOurs(name))));
  expect(rows.length).toBeGreaterThan(15);
});

test("so is every metric of the process", () => {
  const missing = [...types.keys()].filter((name) => !isOurs(name) && !page.includes(`\`${name}\``));
  expect(missing).toEqual([]);
});

test("names follow Prometheus' conventions", () => {
  for (const [name, type] of types) {
    if (!isOurs(name)) continue;
    expect([name, name.endsWith("_total")]).toEqual([name, type === "counter"]);
    if (type === "histogram") expect(name).toMatch(/_seconds$/);
    expect(name).toMatch(/^[a-z_]+$/);
  }
});

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

test("the dashboard asks for metrics that there are, and for all of ours but a few", () => {
  const dashboard = JSON.parse(readFileSync("deploy/grafana/akashchat-api.json", "utf8")) as {
    readonly panels: readonly Panel[];
    readonly templating: { readonly list: readonly { readonly definition?: string }[] };
  };
  const queries = [
    ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
    ...dashboard.templating.list.flatMap(({ definition }) => definition ?? []),
  ];
  const named = queries.flatMap((query) => query.match(/\b(?:akashchat|nodejs|process)_\w+/g) ?? []);
  const parts = [...types].flatMap(([name, type]) =>
    type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
  expect(named.filter((name) => !parts.includes(name))).toEqual([]);
  const unused = [...types.keys()].filter(
    (name) => isOurs(name) && !named.some((one) => one.startsWith(name)),
  );
  expect(unused).toEqual(["akashchat_upstream_allowance_tokens"]);
});

test("docs/metrics.md has every attribute of spans", () => {
  const traces = page.split("## Traces")[1] ?? "";
  const names = new Set(
    [...traces.matchAll(/`((?:http|gen_ai|server|error|akashchat)\.[a-z._]+)`/g)].map(([, name]) => name),
  );
  expect(names).toEqual(new Set(Object.values(attribute)));
});
