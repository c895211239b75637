/** What the upstream says of an image job that it has accepted. */
export interface ImageTag {
  readonly jobId: string;
  readonly prompt: string;
  readonly negativePrompt: string;
}

/** How the line of an accepted image job begins. */
export const imageLineStart = '0:"<image_generation>';

const head = /^0:"<image_generation>\s*jobId='([^']*)'\s*prompt='/m;
const negativeStart = "' negative='";
const tail = /'\s*<\/image_generation>"(?=\r?\n|$)/g;

/**
 * Reads the image tag out of the raw body. The upstream pastes prompts into it without JSON escaping, so the body is
 * not parsed as lines or JSON: the prompt runs to the last `' negative='`, the negative prompt to the last
 * `'</image_generation>"` that ends a line. The upstream escapes every inner apostrophe as `\'`, so
 * neither can stand inside a prompt and the reading loses nothing. `undefined`: there is no tag.
 */
export function decodeImageTag(body: string): ImageTag | undefined {
  const start = head.exec(body);
  const end = findTail(body);
  if (start === null || end === undefined) return undefined;
  const content = body.slice(start.index + start[0].length, end.index);
  const middle = content.lastIndexOf(negativeStart);
  if (middle === -1) return undefined;
  return {
    jobId: start[1] ?? "",
    prompt: unescape(content.slice(0, middle)),
    negativePrompt: unescape(content.slice(middle + negativeStart.length)),
  };
}

/** Where the closing quote of the last image line stands. */
export function findImageTagEnd(body: string): number | undefined {
  const end = findTail(body);
  return end === undefined ? undefined : end.index + end.length - 1;
}

function findTail(body: string): { index: number; length: number } | undefined {
  const last = [...body.matchAll(tail)].at(-1);
  return last === undefined ? undefined : { index: last.index, length: last[0].length };
}

function unescape(text: string): string {
  return text.replaceAll("\\'", "'");
}
