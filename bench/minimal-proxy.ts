/**
 * The floor: the least that a proxy of this kind can do on Node. Reads the request's body and writes the upstream's as JSON
 * must be, but pastes each JSON string of the upstream into its frame as it came: no parsing, no decoding (latin1 keeps the
 * bytes), the rest of the frame made once a stream, one write a read. No sessions, checks, limits, logs or features.
 * Argument: the upstream's URL. Prints its own URL.
 */
import { createServer, type ServerResponse } from "node:http";
import { Agent, type Dispatcher } from "undici";

const upstream = process.argv[2] ?? "";
const agent = new Agent({ keepAliveTimeout: 4000 });
const headers = { "content-type": "application/json" };
let requests = 0;

/** Answers with what comes from the upstream. */
function createHandler(response: ServerResponse, stream: boolean): Dispatcher.DispatchHandler {
  requests += 1;
  const created = Math.floor(Date.now() / 1000);
  const kind = stream ? "chat.completion.chunk" : "chat.completion";
  const start = `{"id":"chatcmpl-${requests}","object":"${kind}","created":${created},"model":"bench","choices":[{"index":0,`;
  const prefix = `data: ${start}"delta":{"content":`;
  const suffix = '},"finish_reason":null}]}\n\n';
  let rest = "";
  let answer = "";
  return {
    onRequestStart() {},
    onResponseStart() {
      if (stream) response.writeHead(200, { "content-type": "text/event-stream" });
    },
    onResponseData(_controller, chunk) {
      const text = rest === "" ? chunk.toString("latin1") : rest + chunk.toString("latin1");
      let frames = "";
      let from = 0;
      for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
        // `0:"…"`: a piece of text.
        if (text.charCodeAt(from) === 48) {
          if (stream) frames += prefix + text.slice(from + 2, end) + suffix;
          else answer += text.slice(from + 3, end - 1);
        }
        from = end + 1;
      }
      rest = text.slice(from);
      if (frames !== "") response.write(frames, "latin1");
    },
    onResponseEnd() {
      if (stream) {
        response.end(`data: ${start}"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`, "latin1");
      } else {
        const body = `${start}"message":{"role":"assistant","content":"${answer}"},"finish_reason":"stop"}]}`;
        response.writeHead(200, { ...headers, "content-length": body.length }).end(body, "latin1");
      }
    },
    onResponseError(_controller, error) {
      response.destroy(error);
    },
  };
}

const server = createServer((request, response) => {
  let text = "";
  request.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  request.on("end", () => {
    const { messages, stream } = JSON.parse(text) as { messages: unknown[]; stream?: boolean };
    const body = JSON.stringify({ messages, model: "bench", system: "x", temperature: 0.6, topP: 0.9 });
    const asked = { origin: upstream, path: "/api/chat/", method: "POST" as const, headers, body };
    agent.dispatch(asked, createHandler(response, stream === true));
  });
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) console.log(`http://127.0.0.1:${address.port}`);
});
