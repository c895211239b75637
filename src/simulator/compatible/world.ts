import type { SimulatedCall } from "../choose-calls.ts";
import type { RecordedRequest } from "../types.ts";
import type { Persona, Seen } from "./persona.ts";
import type { AnswerScript, CompatibleModel, CompatibleScript, ToolSupport } from "./types.ts";

/** Everything that a compatible server remembers and is configured with. */
export interface CompatibleWorld {
  readonly persona: Persona;
  readonly tools: ToolSupport;
  readonly leak: (calls: readonly SimulatedCall[]) => string;
  readonly apiKey: string | undefined;
  readonly pace: number;
  readonly now: () => number;
  models: readonly CompatibleModel[];
  /** Opens when the model has been loaded; `undefined`: it is. */
  loading: Promise<void> | undefined;
  /** How many answers were begun. */
  answers: number;
  /** Takes what is said in place of the server's own reply. */
  takeInstead(request: RecordedRequest): CompatibleScript | undefined;
  /** Takes the scripted answer for a request, if it has one. */
  takeAnswer(request: RecordedRequest): (CompatibleScript & AnswerScript) | undefined;
}

/** What a model's tools come to. */
export function toolsOf(world: CompatibleWorld, model: CompatibleModel): ToolSupport {
  return model.tools ?? world.tools;
}

/** What lists and discovery routes are made from. */
export function toSeen(world: CompatibleWorld): Seen {
  return {
    models: world.models,
    toolsOf: (model) => toolsOf(world, model),
    created: Math.floor(world.now() / 1000),
  };
}
