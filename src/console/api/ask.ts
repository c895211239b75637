import { isToken } from "../domain/is-token.ts";
import { token } from "../state/token.ts";

/** The gateway's base URL: the page stands in a folder of it. */
export const gatewayUrl = new URL("../", document.baseURI);

/** An answer that is no success; `status` 0: there was none. */
export class AskError extends Error {
  override readonly name = "AskError";
  readonly status: number;
  /** The field that is wrong, by its name in the API. */
  readonly param: string | undefined;

  constructor(status: number, message: string, param?: string) {
    super(message);
    this.status = status;
    this.param = param;
  }
}

/** What is sent beside the address. */
export interface AskOptions {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** In place of the one that was given to the console. */
  readonly token?: string;
}

function readError(status: number, text: string): AskError {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown; param?: unknown } };
    const { message, param } = error ?? {};
    if (typeof message === "string")
      return new AskError(status, message, typeof param === "string" ? param : undefined);
  } catch {
    // A proxy's page: its status says more than its words.
  }
  return new AskError(status, `The gateway, or a proxy before it, answered ${status}.`);
}

/** Asks a path of the gateway, with the token if there is one. Rejects with `AskError`, or as `fetch` does when it is aborted. */
export async function open(
  path: string,
  // Whoever asks is not to ask again because of another token.
  { method = "GET", body, headers: more = {}, signal, token: given = token.peek() }: AskOptions = {},
): Promise<Response> {
  const headers = new Headers(more);
  if (given !== "" && !isToken(given))
    throw new AskError(401, "This is no key: keys are printable ASCII without spaces.");
  if (given !== "") headers.set("authorization", `Bearer ${given}`);
  if (body !== undefined) headers.set("content-type", "application/json");
  const answer = await fetch(new URL(path, gatewayUrl), {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    throw new AskError(0, "The gateway can't be reached.");
  });
  if (!answer.ok) throw readError(answer.status, await answer.text());
  return answer;
}

/** The same, and reads the answer as JSON, whose form the caller knows from docs/api.md. */
export async function ask<Answer>(path: string, options: AskOptions = {}): Promise<Answer> {
  const answer = await open(path, options);
  return (await answer.json()) as Answer;
}
