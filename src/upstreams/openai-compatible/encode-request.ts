import { GatewayError } from "../../errors.ts";
import type { ChatRequest, ResponseFormat, Sampling, ToolDefinition } from "../../model/request.ts";
import { createCallIds } from "./call-ids.ts";
import { encodeMessages, type FindReasoningDetails } from "./encode-messages.ts";
import { encodeThinking } from "./encode-thinking.ts";
import type { ServerRules } from "./server-rules.ts";
import type { WireRequest, WireTool } from "./wire.ts";

/** What decides how a request is encoded, besides itself. */
export interface EncodeOptions {
  readonly rules: ServerRules;
  /** The server's own id of the model. */
  readonly model: string;
  readonly stream: boolean;
  /** The server's names of the settings of sampling that the model takes; `undefined`: nobody says. */
  readonly samplingNames?: ReadonlySet<string> | undefined;
  /** What came beside earlier answers (`StreamDecoder.reasoningDetails`) and goes back to those who want it. */
  readonly reasoningDetails?: FindReasoningDetails | undefined;
}

/** All settings of sampling. */
export const samplingSettings: readonly (keyof Sampling)[] = [
  "temperature",
  "topP",
  "topK",
  "minP",
  "seed",
  "frequencyPenalty",
  "presencePenalty",
  "repetitionPenalty",
];

/**
 * Encodes a request for a server. What it asks of the model is sent as it stands: what the model lacks must have been taken
 * out before. No server is believed to keep `required`, `parallel_tool_calls` or a schema, so the answer is checked all the same.
 * Throws kind `unsupported` for a picture by its address where the server fetches none, `invalid-request` for a choice of a tool
 * that is not there.
 */
export function encodeRequest(request: ChatRequest, options: EncodeOptions): WireRequest {
  const { rules, model, stream } = options;
  const { maxOutputTokens, stopSequences, effort } = request;
  const stop = stopSequences.slice(0, rules.stopSequences);
  return {
    model,
    messages: encodeMessages(request.messages, rules, {
      findDetails: options.reasoningDetails,
      toCallId: createCallIds(request.messages, model),
    }),
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
    ...encodeSampling(request.sampling, rules, options.samplingNames),
    // The only name that all servers know.
    ...(maxOutputTokens === undefined ? {} : { max_tokens: maxOutputTokens }),
    ...(maxOutputTokens !== undefined && rules.maxCompletionTokens
      ? { max_completion_tokens: maxOutputTokens }
      : {}),
    ...(stop.length === 0 ? {} : { stop }),
    ...encodeTools(request, rules),
    ...encodeFormat(request.responseFormat),
    ...(effort === undefined ? {} : encodeThinking(effort, rules.thinking)),
  };
}

/** Settings in the server's words. What the server or the model does not take is left out. */
export function encodeSampling(
  sampling: Sampling,
  rules: ServerRules,
  taken?: ReadonlySet<string>,
): Readonly<Record<string, number>> {
  const members = samplingSettings.flatMap((setting): [string, number][] => {
    const name = rules.sampling[setting];
    const value = sampling[setting];
    return name === undefined || value === undefined || taken?.has(name) === false ? [] : [[name, value]];
  });
  return Object.fromEntries(members);
}

/**
 * A named tool is `required` with that tool alone: several servers take no object there, and vLLM ends such an answer
 * with `stop`. When none may be called none is offered, since models call what they see.
 */
function encodeTools(
  { tools, toolChoice, parallelToolCalls, messages }: ChatRequest,
  rules: ServerRules,
): Pick<WireRequest, "tools" | "tool_choice" | "parallel_tool_calls"> {
  if (tools.length === 0) return {};
  if (toolChoice.kind === "none") {
    const hasCalls = messages.some(({ parts }) => parts.some(({ type }) => type === "tool-call"));
    return rules.toolsWithHistory && hasCalls ? { tools: tools.map(encodeTool), tool_choice: "none" } : {};
  }
  const offered =
    toolChoice.kind === "function" ? tools.filter(({ name }) => name === toolChoice.name) : tools;
  if (offered.length === 0) {
    throw new GatewayError("invalid-request", "tool_choice names a tool that is not in tools.", {
      param: "tool_choice",
    });
  }
  return {
    tools: offered.map(encodeTool),
    ...(toolChoice.kind === "auto" ? {} : { tool_choice: "required" }),
    ...(parallelToolCalls ? {} : { parallel_tool_calls: false }),
  };
}

function encodeTool({ name, description, parameters }: ToolDefinition): WireTool {
  return {
    type: "function",
    function: { name, ...(description === undefined ? {} : { description }), parameters },
  };
}

/** Without `strict`, which hosts of OpenAI's kind take for schemas of one form only. */
function encodeFormat(format: ResponseFormat): Pick<WireRequest, "response_format"> {
  if (format.kind === "text") return {};
  if (format.kind === "json-object") return { response_format: { type: "json_object" } };
  const { name, description, schema } = format;
  const inner = { name, ...(description === undefined ? {} : { description }), schema };
  return { response_format: { type: "json_schema", json_schema: inner } };
}
