import { escapedTags } from "./escaped.ts";
import type { Family } from "./family.ts";
import { gemma, strippedGemma } from "./gemma.ts";
import { kimiK3, kimiK3Close, strippedKimi } from "./kimi.ts";
import { minimax } from "./minimax.ts";
import { mistral } from "./mistral.ts";
import { callFence, functionary, functools, qwenAgent } from "./plain-words.ts";
import { react } from "./react.ts";
import { solar } from "./solar.ts";

/** Families whose calls look like no others': one line each. */
export const families: readonly Family[] = [
  escapedTags,
  gemma,
  strippedGemma,
  kimiK3,
  kimiK3Close,
  strippedKimi,
  minimax,
  mistral,
  react,
  solar,
  functools,
  functionary,
  qwenAgent,
  callFence,
];
