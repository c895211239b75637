import type { AnyJson } from "../../test/support/post.ts";
import { checkTags, findDialect, judgeChat, must, mustFail, strictly, type Outcome } from "./judge.ts";
import { runBackground, runChain } from "./stored-flows.ts";
import type { Received, Sender } from "./send.ts";
import { writePrompt } from "./plan.ts";
import type { Spec } from "./specs.ts";

/** How a request ended, and when its client left an upstream request behind. */
export interface Ran {
  readonly outcome: Outcome;
  readonly leftAt?: number | undefined;
}

/** Does what a spec says and judges what came of it. Rejects with `SoakFailure`. */
export async function run(spec: Spec, sender: Sender): Promise<Ran> {
  switch (spec.kind) {
    case "chain":
      return { outcome: await runChain(spec, sender) };
    case "background":
      return { outcome: await runBackground(spec, sender) };
    case "image":
      return runImage(spec, sender);
    case "small":
      return { outcome: await runSmall(spec, sender) };
    default: {
      const dialect = findDialect(spec.kind);
      const received = await sender.send({ path: dialect.path, body: toBody(spec), ...spec });
      return { outcome: judgeChat(spec, dialect, received), leftAt: received.leftAt };
    }
  }
}

const parameters = {
  type: "object",
  properties: { tag: { type: "string" }, pieces: { type: "integer" } },
  required: ["tag", "pieces"],
  additionalProperties: false,
};
const tool = { name: "look_up", description: "Looks a tag up.", parameters };

/** The body of a chat request in its dialect. */
function toBody(spec: Spec): object {
  const { kind, plan, streamed, model, choices, stopAt, slow } = spec;
  const body = {
    ...findDialect(
      kind === "chat" || kind === "completions" || kind === "messages" ? kind : "responses",
    ).body(writePrompt(plan), model),
    ...(streamed ? { stream: true } : {}),
  };
  switch (kind) {
    case "messages":
      return plan.form === "call"
        ? { ...body, tools: [{ name: tool.name, description: tool.description, input_schema: parameters }] }
        : body;
    case "responses":
      return {
        ...body,
        // A megabyte, which would come and go in the heap with the store's oldest.
        ...(slow ? { store: false } : {}),
        ...(plan.form === "call" ? { tools: [{ type: "function", ...tool }] } : {}),
        ...(plan.form === "json"
          ? { text: { format: { type: "json_schema", name: "answer", schema: parameters } } }
          : {}),
      };
    case "chat":
      return {
        ...body,
        ...(choices > 1 ? { n: choices } : {}),
        ...(stopAt === undefined ? {} : { stop: [`${plan.tag}#${stopAt}`] }),
        ...(plan.form === "call" ? { tools: [{ type: "function", function: tool }] } : {}),
        ...(plan.form === "json"
          ? { response_format: { type: "json_schema", json_schema: { name: "answer", schema: parameters } } }
          : {}),
      };
    default:
      return body;
  }
}

/** A picture: by a link that is followed, as base64, or in a chat. */
async function runImage(spec: Spec, sender: Sender): Promise<Ran> {
  const { plan, variant, model } = spec;
  const prompt = writePrompt(plan);
  const chat = findDialect("chat");
  const inChat = variant < 0.3;
  const received = await sender.send({
    ...spec,
    path: inChat ? chat.path : "/v1/images/generations",
    body: inChat
      ? chat.body(prompt, model)
      : { model, prompt, response_format: variant < 0.6 ? "b64_json" : "url" },
  });
  checkTags(received.text, plan.tag);
  if (received.leftAt !== undefined) return { outcome: "left", leftAt: received.leftAt };
  const body: AnyJson = strictly(received, () => JSON.parse(received.text));
  if (received.status !== 200) {
    strictly(received, () => must(chat.readError(body).message !== "", "an error without words"));
    must(mustFail(spec), `no picture (${received.status}): ${received.text}`);
    return { outcome: "error" };
  }
  must(!mustFail(spec), `a picture in spite of its fault: ${received.text}`);
  const [picture] = inChat ? [] : body.data;
  const text: string = inChat ? body.choices[0].message.content : picture.revised_prompt;
  must(text.includes(plan.tag), `the picture of another: ${text}`);
  const link: string | undefined = inChat ? /\]\((.*)\)/.exec(text)?.[1] : picture.url;
  if (link === undefined) must(picture.b64_json.length > 100, "an empty picture");
  else checkPicture(await sender.send({ method: "GET", path: link, keepAlive: spec.keepAlive }));
  return { outcome: "whole" };
}

function checkPicture({ status, bytes, headers }: Received): void {
  const type = headers["content-type"] ?? "";
  must(
    status === 200 && type.startsWith("image/") && bytes > 100,
    `no picture: ${status}, ${type}, ${bytes} bytes`,
  );
}

const smallRequests: readonly {
  readonly method?: "GET";
  readonly path: string;
  readonly body?: object | string;
  readonly status: number;
}[] = [
  { method: "GET", path: "/v1/models", status: 200 },
  { method: "GET", path: "/v1/models/DeepSeek-V3.2", status: 200 },
  { method: "GET", path: "/health", status: 200 },
  { method: "GET", path: "/v1/responses/resp_unknown", status: 404 },
  { method: "GET", path: "/v1/nothing", status: 404 },
  { path: "/v1/responses/input_tokens", body: { model: "DeepSeek-V3.2", input: "Count this." }, status: 200 },
  { path: "/v1/chat/completions", body: '{"model": "DeepSeek-V3.2", "messages": [', status: 400 },
  {
    path: "/v1/chat/completions",
    body: { model: "no-such-model", messages: [{ role: "user", content: "Hello" }] },
    // As the Go program did: docs/api.md.
    status: 500,
  },
  {
    path: "/v1/messages/count_tokens",
    body: { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Count this." }] },
    status: 200,
  },
];

/** What never reaches a model. */
async function runSmall({ variant, keepAlive }: Spec, sender: Sender): Promise<Outcome> {
  const small = smallRequests[Math.floor(variant * smallRequests.length)];
  if (small === undefined) throw new Error("There is no such small request");
  const received = await sender.send({ ...small, keepAlive });
  checkTags(received.text);
  must(
    received.status === small.status,
    `${small.path}: ${received.status} in place of ${small.status}: ${received.text}`,
  );
  strictly(received, () => void JSON.parse(received.text));
  return small.status === 200 ? "whole" : "error";
}
