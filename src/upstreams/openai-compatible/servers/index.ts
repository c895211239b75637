import type { ServerRules } from "../server-rules.ts";
import { akashMl } from "./akashml.ts";
import { liteLlm } from "./litellm.ts";
import { llamaCpp } from "./llama-cpp.ts";
import { lmStudio } from "./lm-studio.ts";
import { ollama } from "./ollama.ts";
import { openRouter } from "./openrouter.ts";
import { sglang } from "./sglang.ts";
import { tgi } from "./tgi.ts";
import { unknown } from "./unknown.ts";
import { vllm } from "./vllm.ts";

/** All servers whose ways are known; a new one is a file and a line here. */
export const servers: readonly ServerRules[] = [
  akashMl,
  openRouter,
  unknown,
  vllm,
  sglang,
  llamaCpp,
  ollama,
  lmStudio,
  tgi,
  liteLlm,
];

/** The rules of the server of this name; `undefined` if there is none. */
export function findServer(name: string): ServerRules | undefined {
  return servers.find((server) => server.name === name);
}

/**
 * Which server it is, by the host of its base URL or by whom its models say that they are owned by; one that is not
 * recognised gets the rules that fit all.
 */
export function recogniseServer(hints: {
  readonly baseUrl: string;
  readonly ownedBy?: readonly string[];
}): ServerRules {
  const host = URL.canParse(hints.baseUrl) ? new URL(hints.baseUrl).hostname : "";
  const byHost = servers.find(({ hosts = [] }) =>
    hosts.some((end) => host === end || host.endsWith(`.${end}`)),
  );
  const owners = hints.ownedBy ?? [];
  return (
    byHost ?? servers.find(({ ownedBy = [] }) => owners.some((owner) => ownedBy.includes(owner))) ?? unknown
  );
}
