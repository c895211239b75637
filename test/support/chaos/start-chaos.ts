import {
  startCompatibleSimulator,
  type CompatibleSimulator,
  type PersonaName,
} from "../../../src/simulator/compatible/index.ts";
import { startSimulator } from "../../../src/simulator/index.ts";
import { startConfigured } from "../start-configured.ts";
import { startTickTimer } from "../start-tick-timer.ts";
import type { Deed } from "./deeds.ts";
import { answerOf, deedOf, draw, findMarker, names, upstreams, type UpstreamName } from "./plan.ts";

/** A request that came to an upstream. */
export interface Arrival {
  readonly upstream: UpstreamName;
  readonly deed: Deed;
}

/** Four upstreams that do what they want, and a gateway over them. */
export interface Chaos extends AsyncDisposable {
  /** The gateway's base URL, without `/v1`. */
  readonly url: string;
  /** What came to the upstreams, by the request's marker, in order. */
  readonly arrivals: ReadonlyMap<string, readonly Arrival[]>;
  /** Lets time pass, in ms: what rests comes back. No timer runs by it. */
  pass(ms: number): void;
}

const personas: Readonly<Record<Exclude<UpstreamName, "web">, PersonaName>> = {
  one: "vllm",
  two: "llama.cpp",
  three: "ollama",
};
/** The shortest that can be configured. */
const patience = "first_byte_timeout_ms: 1000, idle_timeout_ms: 1000";

/** Starts them; what each does with each request follows from the seed alone. */
export async function startChaos(seed: string): Promise<Chaos> {
  const arrivals = new Map<string, Arrival[]>();
  let now = Date.now();
  const clock = (): number => now;

  /** What happens to a request that came to an upstream; `undefined`: it is none of ours. */
  function meet(upstream: UpstreamName, body: unknown) {
    const marker = findMarker(JSON.stringify(body) ?? "");
    if (marker === undefined) return undefined;
    const known = arrivals.get(marker) ?? [];
    const time = known.filter((arrival) => arrival.upstream === upstream).length;
    const deed = deedOf(seed, marker, upstream, time);
    arrivals.set(marker, [...known, { upstream, deed }]);
    const pieces = answerOf(marker, upstream);
    return { deed, pieces, after: 1 + draw(pieces.length - 1, seed, marker, upstream, "after") };
  }

  const web = await startSimulator({
    models: [{ id: "chaos", tokenLimit: 64_000 }],
    // A request with a session that is over is refused, and none of ours yet.
    sessionSeconds: 1e7,
    now: clock,
    script(body) {
      const met = meet("web", body);
      return met?.deed.akash(met.pieces, met.after);
    },
  });
  const servers: [string, CompatibleSimulator][] = await Promise.all(
    Object.entries(personas).map(async ([name, persona]) => [
      name,
      await startCompatibleSimulator({
        persona,
        models: [{ id: "chaos", contextLength: 64_000 }],
        now: clock,
        script(request) {
          if (request.method !== "POST") return undefined;
          const met = meet(name as UpstreamName, request.body);
          return met?.deed.compatible(met.pieces, met.after);
        },
      }),
    ]),
  );
  const file = [
    "upstreams:",
    `  - { name: web, type: akash-chat, base_url: "${web.url}", ${patience} }`,
    ...servers.map(
      ([name, { baseUrl }]) => `  - { name: ${name}, type: openai, base_url: "${baseUrl}", ${patience} }`,
    ),
    "models:",
    ...Object.entries(names).map(
      ([name, order]) => `  ${name}: [${order.map((upstream) => `${upstream}/*`).join(", ")}]`,
    ),
    "",
  ].join("\n");
  // Else a slow machine's heads go out before anybody has answered, and then name nobody.
  const env = { RESPONSE_HOLD_MS: "600000" };
  // Upstreams are played in the same process: while it stands still, none of them is silent.
  const overrides = { now: clock, startUpstreamTimer: startTickTimer };
  const gateway = await startConfigured(file, { env, overrides });

  return {
    url: gateway.url,
    arrivals,
    pass: (ms) => void (now += ms),
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await Promise.all([web.close(), ...servers.map(([, server]) => server.close())]);
    },
  };
}

/** More legs than these a request has not. */
export const legCount = upstreams.length;
