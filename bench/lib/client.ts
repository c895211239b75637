import { Agent, type Dispatcher } from "undici";

/** A request to what is measured. */
export interface Question {
  readonly path: string;
  readonly body: string;
}

/** Where questions go. */
export interface Address {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A reply as it came; `text` holds a character for each byte. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}

const agent = new Agent({
  pipelining: 1,
  keepAliveTimeout: 3000,
  headersTimeout: 60_000,
  bodyTimeout: 60_000,
});

function dispatch(
  { url, headers }: Address,
  { path, body }: Question,
  handler: Dispatcher.DispatchHandler,
): void {
  agent.dispatch({ origin: url, path, method: "POST", headers: { ...headers }, body }, handler);
}

/** Sends a request and reads its reply to the end. `onData`, if given, gets each piece as it comes. */
export function send(address: Address, question: Question, onData?: (piece: string) => void): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    dispatch(address, question, {
      onRequestStart() {},
      onResponseStart(_controller, statusCode) {
        status = statusCode;
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk);
        onData?.(chunk.toString("latin1"));
      },
      onResponseEnd() {
        const [first] = chunks;
        const whole = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
        resolve({ status, text: whole.toString("latin1") });
      },
      onResponseError: (_controller, error) => reject(error),
    });
  });
}
