import { plainSettings, type Settings } from "../chat.ts";
import { type Json, list } from "./json.ts";
import { leaveRest, readSampling, writeLimit, writeStops } from "./read-wishes.ts";
import type { Talk } from "./talk.ts";

/** Reads a body of `POST /v1/completions` or `POST /v1/images/generations`: its prompt is what the user says. */
export function readPromptBody(body: Json, talk: Talk): Settings {
  const [first, ...others] = typeof body["prompt"] === "string" ? [body["prompt"]] : list(body["prompt"]);
  if (typeof first === "string") talk.say({ text: first, images: [] });
  else if (first !== undefined) talk.leave("prompt");
  for (const at of others.keys()) talk.leave(`prompt[${at + 1}]`);
  leaveRest(body, ["model", "prompt", "temperature", "top_p", "max_tokens", "stop"], talk);
  return {
    ...plainSettings,
    ...readSampling(body),
    maxTokens: writeLimit(body["max_tokens"]),
    stop: writeStops(body["stop"], "stop", talk),
  };
}
