import { randomUUID } from "node:crypto";

import type { Pieces } from "./reply.ts";
import type { ScriptedImage } from "./types.ts";
import type { World } from "./world.ts";

/**
 * The reply that starts an image job, and the job. The frame is pasted together without JSON escaping, as the app
 * does: only apostrophes are escaped, in a way that JSON forbids.
 */
export async function* imageAnswer(script: ScriptedImage, world: World): Pieces {
  const id = script.jobId ?? randomUUID();
  world.jobs.set(id, { script, id, fileName: `job_${id.slice(0, 8)}_00001_.webp`, polls: 0 });
  const quote = (text: string): string => text.replaceAll("'", "\\'");
  yield `0:"<image_generation> jobId='${id}' prompt='${quote(script.prompt)}' negative='${quote(script.negative ?? "")}'</image_generation>"\n`;
  const usage = { promptTokens: 20, completionTokens: 50 };
  yield `e:${JSON.stringify({ finishReason: "stop", usage, isContinued: false })}\n`;
  yield `d:${JSON.stringify({ finishReason: "stop", usage })}\n`;
  return "end";
}
