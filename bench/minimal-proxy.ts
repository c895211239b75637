/**
 * The floor: the least that a proxy of this kind can do on Node. Decodes each line with JSON.parse, encodes each
 * token with JSON.stringify, writes once a read; no sessions, checks, limits, logs or features. Argument: upstream
 * URL. Prints its own URL.
 */
import { createServer } from "node:http";
import { StringDecoder } from "node:string_decoder";
import { Agent } from "undici";

const upstream = process.argv[2] ?? "";
const agent = new Agent({ connections: 512, keepAliveTimeout: 4000 });

const server = createServer((request, response) => {
  let text = "";
  request.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  request.on("end", () => {
    const body = JSON.parse(text) as { messages: unknown[]; stream?: boolean };
    const decoder = new StringDecoder("utf8");
    let rest = "";
    let answer = "";
    const push = (piece: string): void => {
      const lines = (rest + piece).split("\n");
      rest = lines.pop() ?? "";
      let frames = "";
      for (const line of lines) {
        if (!line.startsWith("0:")) continue;
        const delta = JSON.parse(line.slice(2)) as string;
        if (body.stream === true) {
          frames += `data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":${JSON.stringify(delta)}},"finish_reason":null}]}\n\n`;
        } else answer += delta;
      }
      if (frames !== "") response.write(frames);
    };
    if (body.stream === true) response.writeHead(200, { "content-type": "text/event-stream" });
    agent.dispatch(
      {
        origin: upstream,
        path: "/api/chat/",
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          messages: body.messages,
          model: "bench",
          system: "x",
          temperature: 0.6,
          topP: 0.9,
        }),
      },
      {
        onRequestStart() {},
        onResponseStart() {},
        onResponseData(_controller, chunk) {
          push(decoder.write(chunk));
        },
        onResponseEnd() {
          if (body.stream === true) response.end("data: [DONE]\n\n");
          else {
            response.setHeader("content-type", "application/json");
            response.end(
              JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", content: answer } }] }),
            );
          }
        },
        onResponseError(_controller, error) {
          response.destroy(error);
        },
      },
    );
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) console.log(`http://127.0.0.1:${address.port}`);
});
