import type { Persona } from "../persona.ts";
import type { PersonaName } from "../types.ts";
import { akashMl } from "./akashml.ts";
import { llamaCpp } from "./llama-cpp.ts";
import { lmStudio } from "./lm-studio.ts";
import { ollama } from "./ollama.ts";
import { openRouter } from "./openrouter.ts";
import { sglang } from "./sglang.ts";
import { tgi } from "./tgi.ts";
import { vllm } from "./vllm.ts";

/** All servers that can be played; a new one is a file and a line here. */
export const personas: Readonly<Record<PersonaName, Persona>> = {
  vllm,
  sglang,
  "llama.cpp": llamaCpp,
  ollama,
  "lm-studio": lmStudio,
  tgi,
  openrouter: openRouter,
  akashml: akashMl,
};
