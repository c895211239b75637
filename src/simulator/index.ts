/**
 * A stand-in for the Akash Chat web app in both of its generations: same routes, headers, frames and errors,
 * scriptable from tests and lively on its own; and for servers that speak OpenAI's API. It needs nothing but Node.
 */
export { startSimulator } from "./start-simulator.ts";
export { startCompatibleSimulator } from "./compatible/index.ts";
export type { CompatibleSimulator, CompatibleSimulatorOptions } from "./compatible/index.ts";
export type {
  ChatBody,
  Generation,
  RecordedRequest,
  ScriptedAftermath,
  ScriptedEdgeError,
  ScriptedError,
  ScriptedFile,
  ScriptedImage,
  ScriptedIncident,
  ScriptedModels,
  ScriptedReply,
  SimulatedModel,
  Simulator,
  SimulatorOptions,
} from "./types.ts";
