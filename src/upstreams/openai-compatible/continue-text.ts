import type { EventBatch } from "../../model/events.ts";
import type { TextRequest } from "../../model/text-request.ts";
import type { Sink } from "../../stream/source.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import type { AskOptions } from "../upstream.ts";
import type { CompatibleServer } from "./create-server.ts";
import { createStreamDecoder } from "./decode-stream.ts";
import { encodeSampling } from "./encode-request.ts";
import type { CompatibleSurroundings } from "./options.ts";
import { readReply } from "./read-reply.ts";
import type { ServerRules } from "./server-rules.ts";

/** What going on with a text takes. */
export interface ContinueTextOptions extends AskOptions {
  readonly name: string;
  readonly server: CompatibleServer;
  readonly rules: ServerRules;
  readonly samplingNames: ReadonlySet<string> | undefined;
  readonly surroundings: Pick<CompatibleSurroundings, "now" | "newId">;
  readonly startTimer: StartTimer;
  /** As `readReply` has it. */
  readonly onEnding: () => void;
}

/** Has a model go on with a text by `POST /completions`. Throws `GatewayError`. */
export async function continueText(
  request: TextRequest,
  options: ContinueTextOptions,
  sink: Sink<EventBatch>,
): Promise<void> {
  const { server, rules, surroundings } = options;
  const { model, prompt, suffix, maxOutputTokens, stopSequences } = request;
  const stop = stopSequences.slice(0, rules.stopSequences);
  options.watch?.ask(options.name);
  const body = {
    model,
    prompt,
    stream: true,
    stream_options: { include_usage: true },
    ...(suffix === undefined ? {} : { suffix }),
    ...encodeSampling(request.sampling, rules, options.samplingNames),
    ...(maxOutputTokens === undefined ? {} : { max_tokens: maxOutputTokens }),
    ...(stop.length === 0 ? {} : { stop }),
  };
  const outcome = await server.post("/completions", JSON.stringify(body), options);
  if (outcome.kind === "failure") throw outcome.failure.error;
  const decoder = createStreamDecoder({
    upstream: server.title,
    model,
    calls: "stream",
    newCallId: () => surroundings.newId("call_"),
    now: surroundings.now,
    stopSequences,
  });
  await readReply(outcome.reply, decoder, { ...options, title: server.title }, sink);
}
