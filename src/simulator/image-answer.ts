import { randomUUID } from "node:crypto";

import type { Pieces } from "./reply.ts";
import type { ScriptedImage } from "./types.ts";
import type { World } from "./world.ts";

/** Every image counts the same. */
export const IMAGE_USAGE = { promptTokens: 20, completionTokens: 50 };

/**
 * The reply that starts an image job, and the job. The frame is pasted together without JSON escaping, as the app
 * does: only apostrophes are escaped, in a way that JSON forbids.
 */
export async function* imageAnswer(
  script: ScriptedImage,
  world: World,
  gate: Promise<void> | undefined,
): Pieces {
  await gate;
  const id = script.jobId ?? randomUUID();
  world.jobs.set(id, { script, id, fileName: `job_${id.slice(0, 8)}_00001_.webp`, polls: 0 });
  yield `0:"<image_generation> jobId='${id}' prompt='${withEscapedApostrophes(script.prompt)}' negative='${withEscapedApostrophes(script.negative ?? "")}'</image_generation>"\n`;
  yield `e:${JSON.stringify({ finishReason: "stop", usage: IMAGE_USAGE, isContinued: false })}\n`;
  yield `d:${JSON.stringify({ finishReason: "stop", usage: IMAGE_USAGE })}\n`;
  return "end";
}

function withEscapedApostrophes(text: string): string {
  return text.replaceAll("'", "\\'");
}
