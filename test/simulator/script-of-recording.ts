import type { ScriptedImage, ScriptedReply } from "../../src/simulator/index.ts";
import { bodyOf, type Recording } from "./recording.ts";

/** What the simulator finds out by itself, so that nothing is scripted for it. */
const OWN_WORDS = /^(?:Invalid (?:argument for parameter|prompt: )|Unsupported role: )/;

type Frame = readonly [code: string, payload: unknown];

/** The back end's part of a recorded chat, as a script; `undefined` where the app itself answered. */
export function scriptOf({ reply }: Recording): ScriptedReply | undefined {
  const body = bodyOf(reply);
  if (!reply.headers.includes("x-vercel-ai-data-stream: v1")) return imageFailure(body);
  if (body.startsWith('0:"<image_generation>')) return { image: imageOf(body) };

  const frames = body
    .split("\n")
    .slice(0, -1)
    .map((line): Frame => [line.slice(0, 1), JSON.parse(line.slice(2))]);
  const errorAt = frames.findIndex(([code]) => code === "3");
  const message = String(frames[errorAt]?.[1]);
  if (errorAt === 0) return OWN_WORDS.test(message) ? undefined : { error: { kind: "three", message } };

  const text = frames.filter(([code]) => code === "0").map(([, payload]) => String(payload));
  const finish = frames.find(([code]) => code === "d")?.[1] as
    | { finishReason: string; usage: NonNullable<ScriptedReply["usage"]> }
    | undefined;
  if (finish === undefined) return { text, error: { kind: "terminated" } };
  const script = { ...answerOf(text), finishReason: finish.finishReason, usage: finish.usage };
  if (errorAt === -1) return script;
  const goesOn = frames[errorAt + 1]?.[0] === "0";
  const afterDeltas = errorAt - 1;
  return { ...script, error: { kind: "mid", message, afterDeltas, goesOn } };
}

/** B's 500 for images. What the SDK says of the request itself comes without a script. */
function imageFailure(body: string): ScriptedReply | undefined {
  if (!body.startsWith('{"error":"Error generating image"')) return undefined;
  const { message } = JSON.parse(body) as { message: string };
  return OWN_WORDS.test(message) ? undefined : { error: { kind: "image", message } };
}

function imageOf(body: string): ScriptedImage {
  const [, jobId, prompt, negative] =
    /jobId='(.*?)' prompt='(.*)' negative='(.*)'<\/image_generation>"\ne:/s.exec(body) ?? [];
  return { jobId: jobId ?? "", prompt: unquoted(prompt), negative: unquoted(negative) };
}

function unquoted(text = ""): string {
  return text.replaceAll("\\'", "'");
}

/** A first delta that is a whole block of thought was the back end's reasoning. */
function answerOf(text: readonly string[]): ScriptedReply {
  const [first = "", ...rest] = text;
  const block = /^<think>\n([^]*)\n<\/think>\n\n$/.exec(first);
  return block?.[1] === undefined ? { text } : { reasoning: block[1], text: rest };
}
