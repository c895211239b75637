/**
 * The simulator's second face: a server that speaks OpenAI's API as vLLM, SGLang, llama.cpp, Ollama, LM Studio, TGI,
 * OpenRouter or AkashML does, with their lists, errors, limits and ways with tools. It needs nothing but Node.
 */
export { leakedMarkup, type LeakedSyntax } from "./leaked-markup.ts";
export { personas } from "./personas/index.ts";
export { replyFromCase } from "./reply-from-case.ts";
export { htmlPage } from "./scripted-reply.ts";
export { startCompatibleSimulator } from "./start-compatible-simulator.ts";
export type {
  AnswerScript,
  Break,
  CompatibleModel,
  CompatibleScript,
  CompatibleSimulator,
  CompatibleSimulatorOptions,
  ErrorScript,
  PersonaName,
  Piece,
  RawScript,
  SilenceScript,
  ToolSupport,
} from "./types.ts";
