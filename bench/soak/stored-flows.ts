import { setTimeout as sleep } from "node:timers/promises";

import type { AnyJson } from "../../test/support/post.ts";
import { checkTags, findDialect, judgeChat, judgeReading, must, strictly, type Outcome } from "./judge.ts";
import { answerPieces, writePrompt, type Plan } from "./plan.ts";
import type { Received, Sender } from "./send.ts";
import type { Spec } from "./specs.ts";

const responses = findDialect("responses");
const pollMs = 40;
/** Polls of one background response: a bound for one that never ends. */
const maximumPolls = 250;

function parse(received: Received): AnyJson {
  return strictly(received, () => JSON.parse(received.text));
}

/** The id of the response in an answer, streamed or not. */
function readId({ text }: Received): string {
  return /"id":"(resp_\w+)"/.exec(text)?.[1] ?? "";
}

/** A response, the same fetched again, another that goes on from it, and the first deleted. */
export async function runChain(spec: Spec, sender: Sender): Promise<Outcome> {
  const { plan, streamed, model, keepAlive } = spec;
  const first = await sender.send({
    path: responses.path,
    body: { ...responses.body(writePrompt(plan), model), stream: streamed },
    keepAlive,
  });
  const outcome = judgeChat(spec, responses, first);
  if (outcome !== "whole") return outcome;

  const path = `${responses.path}/${readId(first)}`;
  const again = await sender.send({ method: "GET", path, keepAlive });
  judgeChat({ ...spec, streamed: false }, responses, again);

  const next: Plan = {
    ...withoutFault(plan),
    tag: plan.tag.replace("soak.", "soak.next-"),
    recalls: answerPieces(plan).join(""),
  };
  const second = await sender.send({
    path: responses.path,
    body: {
      ...responses.body(writePrompt(next), model),
      stream: streamed,
      previous_response_id: readId(first),
    },
    keepAlive,
  });
  judgeChat({ ...spec, plan: next }, responses, second);
  const deleted = await sender.send({ method: "DELETE", path, keepAlive });
  must(deleted.status === 200 && parse(deleted).deleted === true, `not deleted: ${deleted.text}`);
  return "whole";
}

function withoutFault(plan: Plan): Plan {
  const { fault: _fault, ...rest } = plan;
  return rest;
}

/** A background response that is polled, watched by a client that leaves, cancelled, or deleted while it runs. */
export async function runBackground(spec: Spec, sender: Sender): Promise<Outcome> {
  const { variant, keepAlive } = spec;
  const ends = variant < 0.5;
  const plan: Plan = ends
    ? spec.plan
    : { ...withoutFault(spec.plan), silent: variant < 0.75 ? "head" : "body" };
  const watched = variant < 0.2;
  const created = await sender.send({
    path: responses.path,
    body: { ...responses.body(writePrompt(plan), spec.model), background: true, stream: watched },
    keepAlive,
    leave: watched ? { after: "bytes", count: 1 } : undefined,
  });
  checkTags(created.text, plan.tag);
  // The client's patience ended before anything came: it can't know the id, and the run ends by itself.
  if (created.leftAt !== undefined && created.status === 0) return "left";
  must(created.status === 200, `not begun (${created.status}): ${created.text}`);
  const path = `${responses.path}/${readId(created)}`;
  if (ends) return pollToEnd(spec, path, sender);

  const end = await sender.send(
    variant < 0.8 ? { path: `${path}/cancel`, keepAlive } : { method: "DELETE", path, keepAlive },
  );
  must(end.status === 200, `could not be ended (${end.status}): ${end.text}`);
  let after = await sender.send({ method: "GET", path, keepAlive });
  const mostPolls = sender.isShared === true && variant >= 0.8 ? maximumPolls : 0;
  for (let polls = 0; after.status === 200 && polls < mostPolls; polls += 1) {
    await sleep(pollMs);
    after = await sender.send({ method: "GET", path, keepAlive });
  }
  if (variant < 0.8) must(parse(after).status === "cancelled", `not cancelled: ${after.text}`);
  else must(after.status === 404, `not deleted: ${after.text}`);
  return "left";
}

async function pollToEnd(spec: Spec, path: string, sender: Sender): Promise<Outcome> {
  const { plan, variant, keepAlive } = spec;
  if (variant < 0.1) {
    const stream = await sender.send({ method: "GET", path: `${path}?stream=true`, keepAlive });
    // Only the latest can be streamed again; with many clients this one may have ended long ago.
    if (stream.status !== 400) return judgeChat({ ...spec, streamed: true }, responses, stream);
  }
  for (let polls = 0; polls < maximumPolls; polls += 1) {
    const received = await sender.send({ method: "GET", path, keepAlive });
    checkTags(received.text, plan.tag);
    must(received.status === 200, `lost (${received.status}): ${received.text}`);
    const response = parse(received);
    if (response.status !== "queued" && response.status !== "in_progress") {
      return strictly(received, () =>
        judgeReading({ ...spec, streamed: false }, responses.readWhole(response), received.text),
      );
    }
    await sleep(pollMs);
  }
  must(false, "it never ends");
  return "error";
}
