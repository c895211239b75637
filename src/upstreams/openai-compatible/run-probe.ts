import type { ChatEvent } from "../../model/events.ts";
import type { IdFactory } from "../../model/ids.ts";
import type { ChatRequest } from "../../model/request.ts";
import type { ProbeOptions, ProbeReport } from "../upstream.ts";
import type { AskChatOptions } from "./ask-chat.ts";
import { createStreamDecoder } from "./decode-stream.ts";
import { encodeRequest } from "./encode-request.ts";
import { judgeProbe, type ProbeAnswer } from "./judge-probe.ts";
import { findRefusedField, withoutFields } from "./refused-fields.ts";

/** With whom a model is probed. */
export interface RunProbeOptions
  extends ProbeOptions, Pick<AskChatOptions, "server" | "models" | "learning"> {
  readonly now: () => number;
  readonly newId: IdFactory;
}

const mostTokens = 64;
/** As for any request: one that is refused for a third field is not refused for its fields. */
const mostDrops = 2;
const tool = {
  name: "ping",
  description: "Does nothing. Call it when you are asked to.",
  parameters: { type: "object", properties: {} },
};

/** An answer, and all tokens that it cost, where the server tells. */
interface Tried {
  readonly answer: ProbeAnswer;
  readonly tokens: number | undefined;
}

/**
 * Asks a model twice or three times for a tiny answer, without a tool and with one, and learns from that whether its server
 * reads calls. Throws `GatewayError` when the model does not answer; then nothing is learned.
 */
export async function runProbe(model: string, options: RunProbeOptions): Promise<ProbeReport> {
  const { models, learning } = options;
  const plain = await ask(model, undefined, options);
  if (plain.answer.kind === "failure") throw plain.answer.failure.error;
  const forced = await ask(model, "required", options);
  const tried = [plain, forced];
  let judgement = judgeProbe(plain.answer, forced.answer);
  if (judgement.kind === "failed" && judgement.isOfChoice) {
    const free = await ask(model, "auto", options);
    tried.push(free);
    judgement = judgeProbe(plain.answer, free.answer, "auto");
    if (judgement.kind === "verdict") learning.add(model, { refusedFields: ["tool_choice"] });
  }
  if (judgement.kind === "failed") throw judgement.failure.error;
  const { tools, reason } = judgement;
  if (tools !== "undecided") learning.add(model, { capabilities: { tools } }, { afresh: true });
  return {
    tools,
    reason,
    used: models.describeAny(model).capabilities?.tools === "emulated" ? "emulated" : "native",
    tokens: sum(tried.map(({ tokens }) => tokens)),
  };
}

async function ask(
  model: string,
  choice: "required" | "auto" | undefined,
  options: RunProbeOptions,
): Promise<Tried> {
  const { server, models, learning, signal } = options;
  for (let drops = 0; ; drops += 1) {
    const encoded = encodeRequest(createRequest(model, choice), {
      rules: models.rules,
      model,
      stream: false,
      samplingNames: models.samplingNames(model),
    });
    const body = withoutFields(encoded, learning.of(model)?.refusedFields);
    const outcome = await server.post("/chat/completions", JSON.stringify(body), { signal });
    if (outcome.kind === "reply") return read(model, await outcome.reply.text(), options);
    const { failure } = outcome;
    const refused = drops < mostDrops ? findRefusedField(failure, body) : undefined;
    // A refusal costs nothing.
    if (refused === undefined) return { answer: { kind: "failure", failure }, tokens: 0 };
    learning.add(model, { refusedFields: [refused] });
  }
}

function createRequest(model: string, choice: "required" | "auto" | undefined): ChatRequest {
  return {
    model,
    messages: [{ role: "user", parts: [{ type: "text", text: "Call the function ping now." }] }],
    tools: choice === undefined ? [] : [tool],
    toolChoice: { kind: choice ?? "auto" },
    parallelToolCalls: true,
    responseFormat: { kind: "text" },
    sampling: { temperature: 0 },
    stopSequences: [],
    maxOutputTokens: mostTokens,
  };
}

function read(model: string, body: string, { server, learning, models, ...options }: RunProbeOptions): Tried {
  const decoder = createStreamDecoder({
    upstream: server.title,
    model,
    calls: "stream",
    newCallId: () => options.newId("call_"),
    now: options.now,
    tools: new Set([tool.name]),
  });
  const events = [...decoder.push(Buffer.from(body, "utf8")), ...decoder.end()];
  const { failure, build } = decoder;
  if (failure !== undefined) return { answer: { kind: "failure", failure }, tokens: undefined };
  if (build !== undefined && models.rules.namesBuild) learning.seeBuild(model, build);
  const usage = events.find((event) => event.type === "finish")?.usage;
  const blocks = events.flatMap((event) => (event.type === "block-start" ? [event.block.kind] : []));
  const text = textOf(events);
  return {
    answer: {
      kind: "answer",
      calls: blocks.includes("tool-call"),
      markup: options.hasCall(text, tool),
      thoughtOnly: blocks.includes("reasoning") && text.trim() === "",
      promptTokens: usage?.inputTokens,
    },
    tokens: sum([usage?.inputTokens, usage?.outputTokens]),
  };
}

/** `undefined` if any is. */
function sum(counts: readonly (number | undefined)[]): number | undefined {
  return counts.reduce(
    (all, count) => (all === undefined || count === undefined ? undefined : all + count),
    0,
  );
}

function textOf(events: readonly ChatEvent[]): string {
  const text = new Set<number>();
  let all = "";
  for (const event of events) {
    if (event.type === "block-start" && event.block.kind === "text") text.add(event.index);
    else if (event.type === "block-delta" && text.has(event.index)) all += event.text;
  }
  return all;
}
