import type { Config } from "../config.ts";
import type { ChatRequest } from "../model/request.ts";
import { shortenHistory } from "../shaping/history/shorten-history.ts";
import { createJsonPrompt } from "../shaping/json-prompt.ts";
import { lower, nativeFormat, usesTools } from "../shaping/lower.ts";
import { renderToolCalls, renderToolResults } from "../shaping/tools/index.ts";
import type { Target } from "./target.ts";

/** The request as a target's upstream is asked: `toolPrompt` is what the model is told of tools, `diet` the setting. */
export function lowerFor(
  request: ChatRequest,
  target: Target,
  toolPrompt: string,
  diet: Config["HISTORY_DIET"],
): ChatRequest {
  const shortens = request.historyDiet ?? diet === "on";
  const shown = shortens ? { ...request, messages: shortenHistory(request.messages) } : request;
  const { model, systemPrompt } = target;
  const can = model.takesThinking === false ? { ...target.can, reasoning: "emulated" as const } : target.can;
  const isNative = nativeFormat(request, can).kind !== "text";
  const besideTools = usesTools(request);
  return lower(shown, {
    model: model.id,
    can,
    systemPrompt,
    prompts: [toolPrompt, isNative ? "" : createJsonPrompt(request.responseFormat, { besideTools })],
    renderCalls: (calls) => renderToolCalls(calls, model.id),
    renderResults: renderToolResults,
  });
}
