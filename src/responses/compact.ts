import type { FastifyReply, FastifyRequest } from "fastify";

import { keepMessages, parseRequest, type ResponsesInput } from "../dialects/openai-responses/index.ts";
import { baseUrlOf } from "../server/base-url.ts";
import { clientSignal } from "../server/client-signal.ts";
import { collectAnswer } from "../server/collect-answer.ts";
import { readWishes } from "../server/read-wishes.ts";
import { showIgnored } from "../server/show-ignored.ts";
import { prepareResponse, type ResponsesDependencies, writeThrough } from "../server/routes/openai-responses-create.ts";

/** The same input, ended by the wish to compact it. Nothing is stored, and the answer is always whole. */
function withTrigger({ body, items }: ResponsesInput): ResponsesInput {
  const own = items.filter(({ item }) => item.type !== "compaction_trigger");
  return {
    body: { ...body, store: false, background: false, stream: false },
    items: [...own, { item: { type: "compaction_trigger" }, param: "input" }],
  };
}

/** What is asked for that only an answer could have. */
function listVain({ body }: ResponsesInput): readonly string[] {
  const asked = (["stream", "store", "background"] as const).filter((name) => body[name] === true);
  return body.metadata === undefined ? asked : [...asked, "metadata"];
}

/**
 * `POST /v1/responses/compact`: the messages of the conversation that are not the assistant's, then one item that
 * stands for all else; together they are the next input. Rejects with `GatewayError`. Source: OpenAI's reference,
 * "Compact a response"; Codex up to 0.130 reads `output` alone.
 */
export async function compact(
  deps: ResponsesDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const given = parseRequest(request.body);
  const read = withTrigger(given);
  const signal = clientSignal(reply);
  const { parsed, begin, writer, history } = await prepareResponse(deps, read, {
    signal,
    wishes: readWishes(request.headers),
  });
  showIgnored(reply, [...parsed.ignored, ...listVain(given)]);
  request.facts.stream = false;
  const baseUrl = baseUrlOf(request, deps.config);
  const events = begin({ signal, baseUrl, whole: true, watch: request.facts });
  const { usage: counted } = await collectAnswer(request, writeThrough(events, writer));
  if (counted.estimated) reply.header("x-usage-estimated", "true");
  const { id, created_at, output, usage } = writer.response();
  const kept = keepMessages([...history, ...parsed.inputItems]);
  return { id, object: "response.compaction", created_at, output: [...kept, ...output], usage };
}
