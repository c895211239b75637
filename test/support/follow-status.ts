import type { AnyJson } from "./post.ts";

/** The status of a gateway as it is told, event by event. */
export interface FollowedStatus extends AsyncDisposable {
  readonly headers: Headers;
  /** Resolves with all that was told so far, put together, as soon as it fits; rejects at the end without that. */
  until(fits: (status: AnyJson) => boolean): Promise<AnyJson>;
  /** Reads to the end; resolves with the names of all events. */
  rest(): Promise<readonly string[]>;
  /** The fields of each event, in order. */
  readonly fields: readonly (readonly string[])[];
}

/** Follows `GET /v1/status/events`. Use `await using`. */
export async function followStatus(
  url: string,
  headers: Record<string, string> = {},
): Promise<FollowedStatus> {
  const controller = new AbortController();
  const answer = await fetch(`${url}/v1/status/events`, { headers, signal: controller.signal });
  if (!answer.ok || answer.body === null) throw new Error(await answer.text());
  const chunks = answer.body.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  const [names, fields]: [string[], string[][]] = [[], []];
  let status: AnyJson = {};
  let text = "";

  /** False: it has ended. */
  async function read(): Promise<boolean> {
    const { done, value } = await chunks.next();
    if (done === true) return false;
    text += value;
    const frames = text.split("\n\n");
    text = frames.pop() ?? "";
    for (const frame of frames) {
      const [, name = "", data = ""] = /^(?:: .*\n)*event: (\w+)\ndata: (.*)$/.exec(frame) ?? [];
      names.push(name);
      const told: AnyJson = JSON.parse(data);
      fields.push(Object.keys(told));
      status = { ...status, ...told };
    }
    return true;
  }

  return {
    headers: answer.headers,
    fields,
    async until(fits) {
      while (!fits(status))
        if (!(await read())) throw new Error(`The stream ended: ${JSON.stringify(status)}`);
      return status;
    },
    async rest() {
      while (await read());
      return names;
    },
    async [Symbol.asyncDispose]() {
      controller.abort();
    },
  };
}
