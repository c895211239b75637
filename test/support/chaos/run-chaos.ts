import { dialects, type Dialect, type Reading } from "../../conformance/support/dialects.ts";
import { post, type Reply } from "../post.ts";
import { answerOf, draw, findMarker, markerOf, names, upstreams } from "./plan.ts";
import { legCount, startChaos, type Arrival, type Chaos } from "./start-chaos.ts";

/** How a run is made. */
export interface ChaosOptions {
  /** The same seed sends the same requests to upstreams that do the same. */
  readonly seed: string;
  readonly requests: number;
  /** How many are under way at once. */
  readonly clients: number;
}

/** What came of a run. */
export interface ChaosReport {
  readonly outcomes: Readonly<Record<"whole" | "refused" | "broken", number>>;
  /** How many requests were sent to upstreams. */
  readonly asked: number;
  /** How often each deed was met. */
  readonly deeds: Readonly<Record<string, number>>;
  /** A line for each request that went as it must not. */
  readonly failures: readonly string[];
}

type Outcome = keyof ChaosReport["outcomes"];

/** Sends requests of all APIs, streamed and whole, and judges what becomes of each. */
export async function runChaos({ seed, requests, clients }: ChaosOptions): Promise<ChaosReport> {
  await using chaos = await startChaos(seed);
  const outcomes = { whole: 0, refused: 0, broken: 0 };
  const failures: string[] = [];
  let next = 0;

  async function act(): Promise<void> {
    while (next < requests) {
      const at = next;
      next += 1;
      const { dialect, model, streamed } = specOf(seed, at);
      const marker = markerOf(at);
      const body = {
        ...dialect.body(`Please go on. ${marker}`, model),
        ...(streamed ? { stream: true } : {}),
      };
      chaos.pass(draw(60_000, seed, marker, "pause"));
      try {
        const reply = await post(chaos.url + dialect.path, body);
        outcomes[judge(reply, { dialect, streamed, marker }, arrivalsOf(chaos, marker))] += 1;
      } catch (error) {
        const met = arrivalsOf(chaos, marker).map(({ upstream, deed }) => `${upstream} ${deed.name}`);
        const what = `${dialect.name}, ${streamed ? "streamed" : "whole"}, ${model}`;
        failures.push(`${seed} ${marker} (${what}; ${met.join(", ")}): ${String(error)}`);
      }
    }
  }
  await Promise.all(Array.from({ length: clients }, act));

  const all = [...chaos.arrivals.values()].flat();
  const met: Record<string, number> = {};
  for (const { deed } of all) met[deed.name] = (met[deed.name] ?? 0) + 1;
  return { outcomes, failures, asked: all.length, deeds: met };
}

function specOf(seed: string, at: number) {
  const pick = <T>(list: readonly T[], what: string): T => {
    const one = list[draw(list.length, seed, at, what)];
    if (one === undefined) throw new Error(`There is no ${what}.`);
    return one;
  };
  return {
    dialect: pick(dialects, "dialect"),
    model: pick(Object.keys(names), "model"),
    streamed: draw(3, seed, at, "streamed") > 0,
  };
}

function arrivalsOf({ arrivals }: Chaos, marker: string): readonly Arrival[] {
  return arrivals.get(marker) ?? [];
}

function must(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what);
}

/** Throws unless a request ended whole or with an error of its API, by tries within the bound, and by one upstream alone. */
function judge(
  reply: Reply,
  {
    dialect,
    streamed,
    marker,
  }: { readonly dialect: Dialect; readonly streamed: boolean; readonly marker: string },
  met: readonly Arrival[],
): Outcome {
  const { status, text, headers } = reply;
  for (const other of text.match(/<<R\d+>>/g) ?? []) must(other === marker, `${other} is in its answer`);
  must(met.length <= legCount + 1, `it came to upstreams ${met.length} times`);
  const times = upstreams.map((name) => met.filter(({ upstream }) => upstream === name).length);
  must(Math.max(...times) <= 2, "one leg was asked more than twice");
  must(times.filter((count) => count === 2).length <= 1, "two legs were asked twice");

  const answered = met.findIndex(({ deed }) => deed.gives === "whole");
  must(answered === -1 || answered === met.length - 1, "somebody was asked behind a whole answer");
  if (status !== 200) {
    must(answered === -1, `the answer was lost (${status}): ${text}`);
    must(dialect.readError(reply.json()).message !== "" && status >= 400, `no error: ${status} ${text}`);
    return "refused";
  }
  const { error, finish, ...read }: Reading = streamed
    ? dialect.readStream(text)
    : dialect.readWhole(reply.json());
  const last = met.at(-1);
  must(last !== undefined, "an answer that nobody gave");
  must(String(headers["x-upstream"]).startsWith(`${last.upstream}/`), `by ${String(headers["x-upstream"])}`);
  const said = answerOf(marker, last.upstream).join("");
  if (error === undefined) {
    must(
      last.deed.gives === "whole" && finish !== undefined,
      `whole although the upstream did not end: ${text}`,
    );
    must(read.text.trimEnd() === said.trimEnd(), `${read.text} in place of ${said}`);
    return "whole";
  }
  must(error.message !== "" && last.deed.gives === "part", `broken: ${JSON.stringify(error)}`);
  must(said.startsWith(read.text), `${read.text} is no beginning of ${said}`);
  must(findMarker(error.message) === undefined, `an error that quotes the answer: ${error.message}`);
  return "broken";
}
