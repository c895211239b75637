import { open, rm } from "node:fs/promises";
import { join } from "node:path";

import { drawImage } from "../../images/draw-image.ts";
import { resolveImageModel } from "../../images/resolve-image-model.ts";
import type { Services } from "../../services.ts";
import { note, type ChatStreams } from "./streams.ts";

/** Names that are tried before giving up: a folder of so many pictures of one prompt is a mistake. */
const mostNames = 1000;

/** `a red boat!` is `a-red-boat`; of other scripts the letters stay. */
export function toFileName(prompt: string): string {
  const words = prompt.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.join("-").slice(0, 50).replace(/-+$/, "") || "picture";
}

/** Opens a new file; one that exists is never overwritten, the next has a number. */
async function createFile(folder: string, name: string, ending: string) {
  for (let number = 1; number <= mostNames; number += 1) {
    const shown = `${name}${number === 1 ? "" : `-${number}`}.${ending}`;
    const path = join(folder, shown);
    try {
      return { shown, path, file: await open(path, "wx") };
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error) || error.code !== "EEXIST") throw error;
    }
  }
  throw new Error(`There are ${mostNames} files named ${name} already.`);
}

/**
 * Draws a picture into a new file of `folder`, where the user is, and says how it goes and where it is. Throws `GatewayError`, or what
 * the file system says, that before anything is asked for if the folder takes no file.
 */
export async function drawToFile(
  { chat, images }: Pick<Services, "chat" | "images">,
  prompt: string,
  {
    streams,
    folder,
    signal,
  }: { readonly streams: ChatStreams; readonly folder: string; readonly signal: AbortSignal },
): Promise<void> {
  const model = await resolveImageModel({ chat, images }, undefined, signal);
  // Before the job is spent: a picture that can't be kept is drawn for nothing.
  const { shown, path, file } = await createFile(folder, toFileName(prompt), "png");
  let size: number | undefined;
  try {
    let told = "";
    for await (const event of drawImage(images, { model: model.id, prompt }, signal)) {
      if (event.type === "accepted") note(streams, event.prompt.replace(/\s+/g, " "));
      if (event.type === "progress") {
        const place =
          event.queuePosition === undefined || event.queuePosition <= 0
            ? ""
            : `, ${event.queuePosition} before it`;
        const text = `${event.status}${place}`;
        // The same again and again says nothing.
        if (text !== told) note(streams, text);
        told = text;
      }
      if (event.type !== "done") continue;
      const { bytes } = await images.read(event.image, signal, { format: "png" });
      await file.writeFile(bytes);
      size = bytes.byteLength;
    }
  } finally {
    await file.close();
    if (size === undefined) await rm(path);
  }
  if (size !== undefined) streams.output.write(`./${shown} (${Math.ceil(size / 1024)} KiB)\n`);
}
