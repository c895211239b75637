import type { GatewayError } from "../../errors.ts";
import type { ChatRequest } from "../../model/request.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import { pause } from "../http/abort.ts";
import type { Reply } from "../http/exchange.ts";
import type { AskOptions } from "../upstream.ts";
import type { Learning } from "./create-learning.ts";
import type { CompatibleServer } from "./create-server.ts";
import type { FindReasoningDetails } from "./encode-messages.ts";
import { encodeRequest } from "./encode-request.ts";
import type { UpstreamFailure } from "./failure.ts";
import { learnFromFailure } from "./learn-from-failure.ts";
import type { Models } from "./models.ts";
import { findRefusedField, withoutFields } from "./refused-fields.ts";
import { withoutReasoning } from "./server-rules.ts";
import type { WireRequest } from "./wire.ts";

/** With whom a chat is asked for. */
export interface AskChatOptions extends AskOptions {
  /** The upstream's. */
  readonly name: string;
  readonly server: CompatibleServer;
  readonly models: Models;
  readonly learning: Learning;
  readonly startTimer: StartTimer;
  readonly findDetails: FindReasoningDetails;
  /** Told that the model is being loaded, which is waited for. */
  readonly onLoading: (error: GatewayError) => void;
}

/** An answer that begins, and the request that it is for. */
export interface Asked {
  readonly reply: Reply;
  readonly body: WireRequest;
  /** Bytes of the body are no fewer. */
  readonly characters: number;
}

/** A request that is refused for a third field is not refused for its fields. */
const mostDrops = 2;
/** How long a server is left alone while it loads a model. */
const loadingPauseMs = 3000;

/**
 * Asks for an answer, and learns from refusals, which cost nothing: a limit of output tokens that is too large is lowered, and a field
 * about thinking that the model has not is left out, once each, and remembered; so is a field that is refused by its name. A server that loads its model is asked again until
 * it has, unless others can be asked. Tools that are refused are remembered, and the request comes back (`retry: "same"`), to be
 * lowered anew. Throws `GatewayError`.
 */
export async function askChat(request: ChatRequest, options: AskChatOptions): Promise<Asked> {
  const { server, models, learning, watch } = options;
  const { model } = request;
  let maxOutputTokens = clamp(request.maxOutputTokens, models.describeAny(model).maxOutputTokens);
  let lowered = false;
  let drops = 0;
  watch?.ask(options.name);
  for (;;) {
    const isWithoutReasoning = models.isWithoutReasoning(model);
    const encoded = encodeRequest(limit(request, maxOutputTokens), {
      rules: isWithoutReasoning ? withoutReasoning(models.rules) : models.rules,
      model,
      stream: true,
      samplingNames: models.samplingNames(model),
      reasoningDetails: options.findDetails,
    });
    const body = withoutFields(encoded, learning.of(model)?.refusedFields);
    const json = JSON.stringify(body);
    const outcome = await server.post("/chat/completions", json, options);
    if (outcome.kind === "reply") return { reply: outcome.reply, body, characters: json.length };

    const { failure } = outcome;
    const refused = drops < mostDrops ? findRefusedField(failure, body) : undefined;
    const lower = failure.reason === "output-budget" && !lowered ? toLowerLimit(failure) : undefined;
    if (lower !== undefined && (maxOutputTokens === undefined || lower < maxOutputTokens)) {
      // What is left beside a prompt is so for this prompt alone.
      if (failure.tokens.input === undefined) learning.add(model, { maxOutputTokens: lower });
      maxOutputTokens = lower;
      lowered = true;
    } else if (failure.reason === "reasoning-unsupported" && !isWithoutReasoning) {
      learning.add(model, { capabilities: { reasoning: "emulated" } });
      if (!models.isWithoutReasoning(model)) throw failure.error;
    } else if (failure.reason === "loading" && options.hasOthers !== true) {
      options.onLoading(failure.error);
      watch?.waitFor("upstream-loading");
      await pause(loadingPauseMs, options.signal, options.startTimer);
    } else if (refused !== undefined) {
      drops += 1;
      learning.add(model, { refusedFields: [refused] });
    } else if (failure.reason === "output-budget") throw failure.error;
    else throw learnFromFailure(failure, request, options);
    watch?.retry(failure.reason);
    watch?.waitFor("upstream-first-byte");
  }
}

function clamp(wanted: number | undefined, most: number | undefined): number | undefined {
  return wanted === undefined || most === undefined ? wanted : Math.min(wanted, most);
}

function limit(request: ChatRequest, maxOutputTokens: number | undefined): ChatRequest {
  return maxOutputTokens === undefined ? request : { ...request, maxOutputTokens };
}

/** What fits, where the server says so: its limit, or what the prompt leaves of it. */
function toLowerLimit({ tokens: { window, input = 0 } }: UpstreamFailure): number | undefined {
  const room = window === undefined ? 0 : window - input;
  return room > 0 ? room : undefined;
}
