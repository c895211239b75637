import { z } from "zod";

import { shorten } from "../errors.ts";
import { describeCount } from "./describe-budget.ts";
import { alignColumns } from "./align-columns.ts";

const figure = z.number().nullable();

/** What `GET /admin/v1/usage` answers, as far as it is shown. */
export const sumList = z.looseObject({
  by: z.array(z.string()),
  from: z.string().nullable(),
  to: z.string().nullable(),
  data: z.array(
    // Its groups, too.
    z.looseObject({
      requests: z.number(),
      answered: z.number(),
      failed: z.number(),
      refused: z.number(),
      left: z.number(),
      input_tokens: z.number(),
      output_tokens: z.number(),
      cost_usd: z.number(),
      mean_first_token_ms: figure,
      mean_ms: figure,
    }),
  ),
});

type SumList = z.output<typeof sumList>;
type Sum = SumList["data"][number];

/** No name of a client or model needs more to be known. */
const longestGroup = 40;

const figures = [
  "requests",
  "answered",
  "failed",
  "refused",
  "left",
  "input_tokens",
  "output_tokens",
] as const;

const heads = [
  "requests",
  "answered",
  "failed",
  "refused",
  "left",
  "tokens in",
  "out",
  "cost $",
  "first s",
  "mean s",
];

/** What `usage --by` prints: a line for each sum, and one for all together. Ends in a line feed. */
export function describeSums({ by, from, to, data }: SumList): string {
  const time = `${from === null ? "" : ` since ${writeMoment(from)}`}${to === null ? "" : ` until ${writeMoment(to)}`}`;
  if (data.length === 0) return `No requests${time}.\n`;
  const rows = data.map((sum) => [
    ...by.map((group) => writeGroup(sum, group)),
    ...figures.map((name) => describeCount(sum[name])),
    writeCost(sum.cost_usd),
    writeSeconds(sum.mean_first_token_ms),
    writeSeconds(sum.mean_ms),
  ]);
  const total = (pick: (sum: Sum) => number) => data.reduce((all, sum) => all + pick(sum), 0);
  const all = [
    ...by.map((_, index) => (index === 0 ? "all" : "")),
    ...figures.map((name) => describeCount(total((sum) => sum[name]))),
    writeCost(total((sum) => sum.cost_usd)),
    "",
    "",
  ];
  const lines = alignColumns([[...by, ...heads], ...rows, all], (column) => column >= by.length);
  return `Requests${time}, in UTC\n${lines.join("\n")}\n`;
}

function writeGroup(sum: Sum, group: string): string {
  const value = sum[group];
  if (typeof value !== "string") return "none";
  const name = group === "key" ? sum["key_name"] : undefined;
  return shorten(typeof name === "string" ? `${name} (${value})` : value, longestGroup);
}

/** Cents of a cent; what is less but not nothing shows that it is. */
function writeCost(usd: number): string {
  if (usd === 0) return "0";
  return usd < 0.0001 ? "<0.0001" : usd.toLocaleString("en-US", { maximumFractionDigits: 4 });
}

function writeSeconds(ms: number | null): string {
  return ms === null ? "" : (ms / 1000).toFixed(1);
}

/** `2026-11-27` for midnight, else `2026-11-27 09:00`. */
function writeMoment(iso: string): string {
  return iso.slice(0, 16).replace("T", " ").replace(" 00:00", "");
}
