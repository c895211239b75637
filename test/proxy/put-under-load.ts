import { Agent, request } from "undici";

/** Requests that are sent without a pause. */
export interface Load {
  /** Resolves when so many more have been answered. */
  reach(more: number): Promise<void>;
  /** Ends it after the requests that run. */
  end(): Promise<{ readonly requests: number; readonly failures: readonly string[] }>;
}

/** Sends chats by so many clients that keep their connections, every other one streamed. */
export function putUnderLoad(url: string, headers: Record<string, string>, clients: number): Load {
  const dispatcher = new Agent({ connections: clients });
  const failures: string[] = [];
  const waiting = new Set<{ readonly requests: number; readonly tell: () => void }>();
  let requests = 0;
  const end = new AbortController();

  async function sendOne(stream: boolean): Promise<void> {
    const body = { model: "DeepSeek-V3.2", stream, messages: [{ role: "user", content: "count to 9" }] };
    const reply = await request(url, {
      dispatcher,
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await reply.body.text();
    const isWhole = text.includes('"finish_reason":"stop"') && text.includes("[DONE]") === stream;
    if (reply.statusCode !== 200 || !isWhole) failures.push(`${reply.statusCode} ${text.slice(-300)}`);
  }

  async function work(client: number): Promise<void> {
    for (let turn = client; !end.signal.aborted; turn++) {
      await sendOne(turn % 2 === 0).catch((error: unknown) => failures.push(String(error)));
      requests += 1;
      for (const one of waiting) if (one.requests <= requests) one.tell();
    }
  }

  const working = Promise.all(Array.from({ length: clients }, (_, client) => work(client)));
  return {
    async reach(more) {
      const goal = requests + more;
      await new Promise<void>((resolve) => {
        waiting.add({ requests: goal, tell: resolve });
      });
    },
    async end() {
      end.abort();
      await working;
      await dispatcher.close();
      return { requests, failures };
    },
  };
}
