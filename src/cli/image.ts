import { writeFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import type { Config } from "../config.ts";
import { drawImage } from "../images/draw-image.ts";
import { resolveImageModel } from "../images/resolve-image-model.ts";
import type { ImageEncoding } from "../model/picture.ts";
import { checkWritable } from "./check-writable.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";
import { withServices, type ServicesOptions } from "./with-services.ts";

const formats: Readonly<Record<string, ImageEncoding["format"]>> = {
  ".webp": "webp",
  ".png": "png",
  ".jpg": "jpeg",
  ".jpeg": "jpeg",
};

/**
 * Makes an image and writes it to `out`, a path; queue position and elapsed time go to standard error.
 * Throws `UsageError` for a file that can't be written or has an unknown ending, before anything is asked for, otherwise `GatewayError`.
 */
export async function image(
  config: Config,
  { prompt, out }: { readonly prompt: string; readonly out: string },
  options: ServicesOptions,
): Promise<void> {
  const { errors, folder } = options.terminal;
  const format = formats[extname(out).toLowerCase()];
  if (format === undefined) {
    throw new UsageError(`--out: ${out} must end in one of ${Object.keys(formats).join(", ")}.`);
  }
  await checkWritable(out, "--out", folder);
  await withServices(config, options, async ({ chat, images }, signal) => {
    const model = await resolveImageModel({ chat, images }, undefined, signal);
    const progress = createProgressLine(errors);
    for await (const event of drawImage(images, { model: model.id, prompt }, signal)) {
      switch (event.type) {
        case "accepted":
          progress.end();
          errors.write(`Prompt: ${event.prompt}\n`);
          break;
        case "progress":
          progress.show(describeProgress(event.status, event.queuePosition, event.elapsedMs));
          break;
        case "done": {
          progress.end();
          const { bytes } = await images.read(event.image, signal, { format });
          await writeFile(resolve(folder, out), bytes);
          errors.write(`Written to ${out} (${bytes.byteLength} bytes)\n`);
          break;
        }
      }
    }
  });
}

function describeProgress(status: string, queuePosition: number | undefined, elapsedMs: number): string {
  const queue = queuePosition === undefined ? "" : `, queue position ${queuePosition}`;
  return `${status}${queue}, ${Math.round(elapsedMs / 1000)} s`;
}

/** One line that is rewritten on a terminal; a line for each change elsewhere. */
function createProgressLine(errors: Terminal["errors"]): { show(text: string): void; end(): void } {
  let last = "";
  return {
    show(text) {
      if (text === last) return;
      last = text;
      errors.write(errors.isTTY === true ? `\r\u001B[K${text}` : `${text}\n`);
    },
    end() {
      if (last !== "" && errors.isTTY === true) errors.write("\r\u001B[K");
      last = "";
    },
  };
}
