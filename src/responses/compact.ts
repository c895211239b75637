import { keepMessages, type ResponsesInput } from "../dialects/openai-responses/index.ts";
import { GatewayError } from "../errors.ts";
import { prepareResponse, type ResponseDependencies } from "./prepare-response.ts";
import type { Compaction, ResponseContext } from "./response-service.ts";
import { writeThrough } from "./write-through.ts";

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

/** Understands a request whose conversation is to be compacted. Rejects with `GatewayError`. */
export async function compact(
  deps: ResponseDependencies,
  input: ResponsesInput,
  context: ResponseContext,
): Promise<Compaction> {
  if (input.body.conversation !== undefined) {
    throw new GatewayError(
      "unsupported",
      "Conversations are compacted at POST /v1/responses, by context_management or a compaction_trigger in input. Send their items here.",
      { param: "conversation" },
    );
  }
  const { parsed, begin, writer, history } = await prepareResponse(deps, withTrigger(input), context);
  return {
    ignored: [...parsed.ignored, ...listVain(input)],
    events: writeThrough(begin({ ...context, whole: true }), writer),
    result() {
      const { id, created_at, output, usage } = writer.response();
      const kept = keepMessages([...history, ...parsed.inputItems]);
      return { id, created_at, output: [...kept, ...output], usage };
    },
  };
}
