import type { Overrides } from "../../../src/services.ts";
import type { RecordedRequest, ScriptedReply } from "../../../src/simulator/index.ts";
import { createGate, type Gate } from "../../support/gate.ts";
import { openStream } from "../../support/open-stream.ts";
import { get, post } from "../../support/post.ts";
import { startTickTimer } from "../../support/start-tick-timer.ts";
import { startStack, type Stack } from "../../support/start-stack.ts";
import { addressOf, type AnyDialect } from "./dialects.ts";
import { pathOf, type Route } from "./failure-table.ts";
import { deltas, type Fault, secret, sessionPath } from "./faults/fault.ts";

/** How the client asks: for a whole answer, for a stream, or for one whose head is out before anything fails. */
export type Mode = "whole" | "streamed" | "streamed late";

/** One request that meets a fault. */
export interface Play {
  readonly fault: Fault;
  readonly dialect: AnyDialect;
  readonly mode: Mode;
  readonly model: string | undefined;
  /** What the model says; fields that ask for it. */
  readonly said?: readonly string[];
  readonly fields?: object;
}

/** What the client got, and what the upstream saw of it. */
export interface Played {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** How often a route was asked. */
  asked(route: Route): number;
}

/** The stacks on which faults are played. */
export interface Stage extends AsyncDisposable {
  /** Asks once, while the fault is there, and sees to it that nothing is left behind. */
  play(play: Play): Promise<Played>;
}

/** Whether a fault is more than what the chat route answers to one request; others share a stack. */
export function needsOwnStack({ elsewhere, simulator, env, baseUrl, before }: Fault): boolean {
  return [elsewhere, simulator, env, baseUrl, before].some((part) => part !== undefined);
}

/** Settings for a fault, with a cookie that must not come out. */
function envFor({ fault, mode }: Play): Record<string, string> {
  return {
    AKASH_COOKIE: `cf_clearance=${secret}`,
    ...(fault.silent === true ? { FIRST_BYTE_TIMEOUT_MS: "2000", IDLE_TIMEOUT_MS: "2000" } : {}),
    // The head of a stream goes out at once, with a heartbeat, or not before there is something to say.
    ...(mode === "streamed late"
      ? { RESPONSE_HOLD_MS: "0", HEARTBEAT_MS: "100" }
      : { RESPONSE_HOLD_MS: "600000" }),
    ...fault.env,
  };
}

/** Creates a stage; stacks are started as they are needed. */
export function createStage(): Stage {
  const shared = new Map<string, Promise<Stack>>();
  let requests = 0;

  function share(env: Record<string, string>, overrides: Overrides): Promise<Stack> {
    // Who is silent has an environment of its own, so that these go together.
    const key = JSON.stringify(env);
    const stack = shared.get(key) ?? startStack({ env, overrides });
    shared.set(key, stack);
    return stack;
  }

  return {
    async play(given) {
      const { fault } = given;
      requests += 1;
      const marker = `<request ${requests}>`;
      const env = envFor(given);
      const overrides = fault.silent === true ? { startUpstreamTimer: startTickTimer } : {};
      if (!needsOwnStack(fault)) return ask(await share(env, overrides), given, marker);
      const { simulator = {}, baseUrl } = fault;
      await using own = await startStack({
        simulator,
        env,
        overrides,
        ...(baseUrl === undefined ? {} : { baseUrl }),
      });
      await fault.before?.(own);
      return await ask(own, given, marker);
    },
    async [Symbol.asyncDispose]() {
      for (const stack of shared.values()) await (await stack).close();
    },
  };
}

/** Prepares the upstream, asks once, and then sees to it that nothing was left behind. */
async function ask(stack: Stack, play: Play, marker: string): Promise<Played> {
  const { simulator } = stack;
  const start = simulator.requests.length;
  const gate = play.mode === "streamed late" ? createGate() : undefined;
  const takeOut = enqueueFault(stack, play, marker, gate);
  const reply = await send(stack, play, marker, gate);
  takeOut();
  const own = needsOwnStack(play.fault);
  const seen = simulator.requests.slice(start).filter((request) => own || mentions(request.body, marker));
  // A request that the gateway holds on to would never close.
  await Promise.all(seen.map(({ closed }) => closed));
  if (own) simulator.clear();
  await askAgain(stack, play, `${marker.slice(0, -1)}, again>`);
  return {
    ...reply,
    asked: (route) => seen.filter((request) => isTo(request, pathOf(route))).length,
  };
}

/** Returns what takes the rest of it away again. */
function enqueueFault({ simulator }: Stack, play: Play, marker: string, gate: Gate | undefined): () => void {
  const { fault, said = deltas } = play;
  const held = gate === undefined ? {} : { gate: gate.promise };
  const replies = fault.within === undefined ? (fault.chat ?? []) : [fault.within(said)];
  const when: ScriptedReply["when"] = (body) => mentions(body, marker);
  // Once for each time that the gateway may ask.
  const queued = Array.from(
    { length: 6 },
    (_, times) => replies[Math.min(times, replies.length - 1)] ?? {},
  ).map((reply) => simulator.enqueue({ ...held, ...reply, when }));
  const takeOut = (): void => queued.forEach((take) => take());
  if (!needsOwnStack(fault)) return takeOut;
  // Who has no session yet is held back there.
  for (const [path, incidents] of Object.entries({ [sessionPath]: [{}], ...fault.elsewhere })) {
    for (const incident of incidents) simulator.enqueueAt(path, { ...held, ...incident });
  }
  return takeOut;
}

async function send({ url }: Stack, play: Play, marker: string, gate: Gate | undefined) {
  const { dialect, mode, model, fields } = play;
  const body = { ...dialect.body(marker, model), ...fields, stream: mode !== "whole" };
  const address = url + addressOf(dialect, body);
  if (gate === undefined) return post(address, body);
  const stream = await openStream(address, body);
  await stream.readUntil(dialect.heartbeat);
  gate.open();
  return { status: stream.status, headers: stream.headers, text: await stream.readRest() };
}

/** The next request is answered as if nothing had been. */
async function askAgain({ url, simulator }: Stack, { fault, dialect, model }: Play, marker: string) {
  const health = await get(`${url}/health`);
  if (health.status !== 200) throw new Error(`The gateway is ill: ${health.text}`);
  if (fault.lasting === true) return;
  const when: ScriptedReply["when"] = (body) => mentions(body, marker);
  const usual = model === "AkashGen" ? { image: { prompt: "y", statuses: ["succeeded"] } } : { text: deltas };
  simulator.enqueue({ ...usual, when });
  const body = dialect.body(marker, model === "AkashGen" ? model : undefined);
  const reply = await post(url + addressOf(dialect, body), body);
  const reading = reply.status === 200 ? dialect.readWhole(reply.json()) : undefined;
  if (reading?.finish !== dialect.finishes.stop) throw new Error(`The next request failed: ${reply.text}`);
}

function mentions(body: unknown, marker: string): boolean {
  return JSON.stringify(body).includes(marker);
}

function isTo(request: RecordedRequest, path: string): boolean {
  return request.path.replace(/\/$/, "") === path;
}
