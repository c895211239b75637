/**
 * A stand-in for the Akash Chat web app in both of its generations: same routes, headers, frames and errors,
 * scriptable from tests and lively on its own. It needs nothing but Node.
 */
export { startSimulator } from "./start-simulator.ts";
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
