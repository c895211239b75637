import type { ModelObject, UpstreamObject } from "../api/types.ts";
import { forecast } from "./forecast.ts";

/** How an upstream is, in one word: `unasked` has no model that could answer, and nothing is wrong. */
export type UpstreamState = "answers" | "soon" | "spent" | "down" | "unasked";

/**
 * The state of an upstream. Rule (docs/console.md): `spent`, where its allowance is used up; `down`, where something else keeps all of it, or all
 * of its models, from answering; `soon`, where the forecast ends before the renewal.
 */
export function stateOf(
  upstream: UpstreamObject,
  models: readonly ModelObject[],
  now: number,
): UpstreamState {
  const legs = models.flatMap(({ upstreams }) => upstreams.filter(({ name }) => name === upstream.name));
  const isShut = !upstream.up || (legs.length > 0 && legs.every((leg) => !leg.answers_now));
  if (upstream.allowance?.state === "spent" || upstream.problem?.error === "budget-exhausted")
    return isShut ? "spent" : "answers";
  if (isShut) return "down";
  if (legs.length === 0) return "unasked";
  return forecast(upstream, now) === undefined ? "answers" : "soon";
}

/** Nothing could be reached where it is. */
export function isAway({ up, problem }: UpstreamObject): boolean {
  return !up && problem?.model === null && problem.error === "upstream-unavailable";
}

/** Tokens that a request of a coding agent takes, with some of its answer. */
const agentRequest = 8000;

/** For how many requests of an agent what is left will do; `undefined`: for more than anybody counts. */
export function countAgentRequests(left: number): number | undefined {
  const count = Math.floor(left / agentRequest);
  return count > 4 ? undefined : count;
}
