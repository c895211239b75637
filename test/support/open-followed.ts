/** A stream that is asked for by GET and read step by step. */
export interface FollowedStream {
  /** Reads until the text so far contains `part`, and returns that text. Rejects at the end without it. */
  readUntil(part: string): Promise<string>;
  /** Reads to the end and returns all of the text. */
  readRest(): Promise<string>;
  /** Cuts the connection. */
  leave(): void;
}

/** Asks for a stream, whose head may come late. */
export function openFollowed(url: string): FollowedStream {
  const controller = new AbortController();
  const opened = fetch(url, { signal: controller.signal }).then(({ body }) => {
    if (body === null) throw new Error("no body");
    return body.pipeThrough(new TextDecoderStream()).getReader();
  });
  let seen = "";

  /** False at the end. */
  async function readOn(): Promise<boolean> {
    const { done, value } = await (await opened).read();
    seen += value ?? "";
    return !done;
  }

  return {
    async readUntil(part) {
      while (!seen.includes(part))
        if (!(await readOn())) throw new Error(`The stream ended without ${part}: ${seen}`);
      return seen;
    },
    async readRest() {
      while (await readOn());
      return seen;
    },
    leave: () => controller.abort(),
  };
}
