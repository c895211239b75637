import { once } from "node:events";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";

import { get, post, send } from "../support/post.ts";
import { startEdge } from "../support/start-edge.ts";
import { startStack } from "../support/start-stack.ts";

const chatPath = "/v1/chat/completions";
const hello = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Hi" }] };

describe("bodies", () => {
  test.each([
    ["text/plain", { "content-type": "text/plain" }],
    ["a form, as curl -d says", { "content-type": "application/x-www-form-urlencoded" }],
    ["an unheard-of type", { "content-type": "application/vnd.x+y; q=1" }],
    ["JSON with a charset", { "content-type": "application/json; charset=utf-8" }],
  ])("JSON is read though the content type is %s", async (_name, headers) => {
    await using edge = await startEdge({});
    const reply = await post(edge.url + chatPath, hello, headers);
    expect(reply.status).toBe(200);
  });

  test.each([
    ["cut JSON", '{"model":"x","messages":[', /not valid JSON: Unexpected end/],
    [
      "a stray word before much else",
      `{"a": secretprompt, "b": "${"x".repeat(100)}"}`,
      /Unexpected token 's'\.$/,
    ],
    ["a stray word", '{"model":secretprompt}', /not valid JSON: Unexpected token 's'/],
    ["nothing", "", /must be a JSON object/],
    ["a list", "[]", /must be a JSON object/],
    ["null", "null", /must be a JSON object/],
  ])("%s is a 400 that says so and does not repeat the body", async (_name, body, text) => {
    await using edge = await startEdge({});
    const reply = await post(edge.url + chatPath, body);
    expect(reply.status).toBe(400);
    expect(reply.json().error.message).toMatch(text);
    expect(reply.text).not.toContain("secretprompt");
  });

  test("a body over BODY_LIMIT_BYTES is a 413 in the route's dialect", async () => {
    await using edge = await startEdge({ env: { BODY_LIMIT_BYTES: "2000" } });
    const body = { ...hello, user: "x".repeat(3000) };
    const openAi = await post(edge.url + chatPath, body);
    expect([openAi.status, openAi.json().code, openAi.json().error.code]).toEqual([
      413,
      413,
      "request_too_large",
    ]);
    const anthropic = await post(`${edge.url}/v1/messages`, body);
    expect([anthropic.status, anthropic.json().type, anthropic.json().error.type]).toEqual([
      413,
      "error",
      "request_too_large",
    ]);
  });
});

/** Two chunks, and the end of them; `rest` is what a client still sends when it has been refused. */
const chunked = (type: string, piece: string) => {
  const chunk = `${piece.length.toString(16)}\r\n${piece}\r\n`;
  return { head: `Transfer-Encoding: chunked${type}`, body: chunk, rest: `${chunk}0\r\n\r\n` };
};

test.each([
  [
    "whose length is told",
    chatPath,
    { head: "Content-Length: 6000", body: "x".repeat(3000), rest: "x".repeat(3000) },
  ],
  ["in chunks", chatPath, chunked("", "x".repeat(3000))],
  [
    "that is a form",
    "/v1/audio/transcriptions",
    chunked(
      "\r\nContent-Type: multipart/form-data; boundary=b",
      `--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n${"x".repeat(3000)}`,
    ),
  ],
])(
  "who still sends a large body %s sees the answer, and may go on",
  async (_form, path, { head, body, rest }) => {
    await using edge = await startEdge({ env: { BODY_LIMIT_BYTES: "2000" } });
    const socket = connect(Number(new URL(edge.url).port), "127.0.0.1").setEncoding("utf8");
    let seen = "";
    socket.on("data", (text: string) => {
      seen += text;
    });
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n${body}`);
    await expect.poll(() => seen).toContain("larger than this gateway accepts");
    expect(seen).toMatch(/^HTTP\/1\.1 413 /);
    socket.write(`${rest}GET /health HTTP/1.1\r\nHost: x\r\n\r\n`);
    await expect.poll(() => seen).toContain("is running");
    socket.destroy();
  },
);

describe("paths", () => {
  test.each([
    ["GET", "/v1/nothing", 404, "not_found"],
    ["GET", "/elsewhere", 404, "not_found"],
    ["GET", "/v1/chat/completions", 405, "method_not_allowed"],
    ["DELETE", "/health", 405, "method_not_allowed"],
    ["PUT", "/v1/models/a/b", 405, "method_not_allowed"],
  ])("%s %s is a %i in OpenAI's envelope", async (method, path, status, code) => {
    await using edge = await startEdge({});
    const reply = await send(method, edge.url + path, null);
    expect([reply.status, reply.json().error.code]).toEqual([status, code]);
    if (status === 405) expect(reply.headers["allow"]).toMatch(/GET|POST/);
  });

  test("QUERY without a content type is the client's mistake, also where Node knows that method", async () => {
    await using edge = await startEdge({});
    for (const path of ["/v1/models", "/admin/v1/keys", "/health"])
      expect((await send("QUERY", edge.url + path, "{}")).status).toBe(400);
  });

  test("an unknown path is answered in Anthropic's envelope to who speaks Anthropic", async () => {
    await using edge = await startEdge({});
    const reply = await get(`${edge.url}/v1/nothing`, { "anthropic-version": "2023-06-01" });
    expect([reply.status, reply.json().error.type]).toEqual([404, "not_found_error"]);
    expect((await get(`${edge.url}/v1/messages`)).json().type).toBe("error");
  });

  test("slashes too many in the base URL do no harm", async () => {
    await using edge = await startEdge({});
    expect((await post(`${edge.url}//v1/chat/completions/`, hello)).status).toBe(200);
  });

  test.each([
    "/chat/completions",
    "/v1/v1/chat/completions",
    "/openai/v1/chat/completions",
    "/api/v1/chat/completions",
    "/v1/chat/completions/chat/completions",
    "/v1/responses/v1/chat/completions",
  ])("a base URL as people type it is understood: %s", async (path) => {
    await using edge = await startEdge({});
    expect((await post(edge.url + path, hello)).json().choices[0].message.content).toBe("Hello");
  });

  test("what leads nowhere names the base URLs, whatever its body is", async () => {
    await using edge = await startEdge({});
    for (const body of ["no JSON", "", "{}", "\u0000"]) {
      const reply = await post(`${edge.url}/v2/chat/completions`, body, { "content-encoding": "odd" });
      expect([reply.status, reply.json().error.code]).toEqual([404, "not_found"]);
      expect(reply.json().error.message).toContain("POST /v2/chat/completions.");
      expect(reply.json().error.message).toContain(`${edge.url}/v1 for clients of OpenAI's APIs`);
    }
    expect((await send("PUT", edge.url + chatPath, "no JSON")).status).toBe(405);
  });

  test("who looks for embeddings where there are none is told what to add", async () => {
    await using edge = await startEdge({});
    for (const path of ["/v1/embeddings", "/embeddings"]) {
      for (const body of [{ model: "x", input: "y" }, {}]) {
        const reply = await post(edge.url + path, body);
        expect([reply.status, reply.json().error.code]).toEqual([404, "not_found"]);
        expect(reply.headers["x-should-retry"]).toBe("false");
        expect(reply.json().error.message).toMatch(/no embeddings here.*COMPATIBLE_BASE_URL.*gateway\.yaml/);
      }
    }
  });

  test("the root answers people and probes", async () => {
    await using edge = await startEdge({});
    const root = await get(edge.url);
    expect([root.status, root.json().name]).toEqual([200, "akashchat-api"]);
    expect(await send("HEAD", edge.url, null)).toMatchObject({ status: 200, text: "" });
  });
});

describe("CORS", () => {
  test.each(["POST", "GET", "DELETE"])("a preflight for %s with any header is allowed", async (method) => {
    await using edge = await startEdge({ env: { BEARER_TOKEN: "k" } });
    const reply = await send("OPTIONS", edge.url + chatPath, null, {
      origin: "https://app.example",
      "access-control-request-method": method,
      "access-control-request-headers": "authorization, x-stainless-os, content-type",
    });
    expect(reply.status).toBe(204);
    expect(reply.headers).toMatchObject({
      "access-control-allow-origin": "*",
      "access-control-allow-headers": "authorization, x-stainless-os, content-type",
    });
    expect(reply.headers["access-control-allow-methods"]).toContain(method);
  });

  test("answers, errors and streams carry the headers and expose ours", async () => {
    await using edge = await startEdge({});
    const origin = { origin: "https://app.example" };
    for (const body of [hello, { ...hello, stream: true }, {}]) {
      const { headers } = await post(edge.url + chatPath, body, origin);
      expect(headers["access-control-allow-origin"]).toBe("*");
      expect(headers["access-control-expose-headers"]).toContain("x-request-id");
    }
  });

  test.each([
    ["https://two.example", "https://two.example", "true"],
    ["https://two.example", "https://three.example", undefined],
    ["https://two.example, *", "https://two.example", undefined],
    ["*", "https://two.example", undefined],
  ])(
    "private networks are open to named origins: CORS_ORIGIN=%s, from %s",
    async (named, origin, allowed) => {
      await using edge = await startEdge({ env: { CORS_ORIGIN: named, BEARER_TOKEN: "k" } });
      const asked = {
        "access-control-request-method": "POST",
        "access-control-request-private-network": "true",
      };
      const reply = await send("OPTIONS", edge.url + chatPath, null, { origin, ...asked });
      expect([reply.status, reply.headers["access-control-allow-private-network"]]).toEqual([204, allowed]);
      const unasked = await send("OPTIONS", edge.url + chatPath, null, {
        origin,
        "access-control-request-method": "POST",
      });
      expect(unasked.headers["access-control-allow-private-network"]).toBeUndefined();
    },
  );

  test("CORS_ORIGIN narrows it", async () => {
    await using edge = await startEdge({ env: { CORS_ORIGIN: "https://one.example, https://two.example" } });
    const allowed = await get(`${edge.url}/health`, { origin: "https://two.example" });
    expect(allowed.headers["access-control-allow-origin"]).toBe("https://two.example");
    const other = await get(`${edge.url}/health`, { origin: "https://three.example" });
    expect(other.headers["access-control-allow-origin"]).toBeUndefined();
  });
});

describe("authentication", () => {
  const env = { BEARER_TOKEN: "s3cret" };

  test.each([
    ["no key", {}, 401],
    ["a wrong key", { authorization: "Bearer s3creT" }, 401],
    ["another scheme", { authorization: "Basic s3cret" }, 401],
    ["the key", { authorization: "Bearer s3cret" }, 200],
    ["the key with the scheme in lower case", { authorization: "bearer s3cret" }, 200],
    ["the key as Anthropic's clients send it", { "x-api-key": "s3cret" }, 200],
    ["the key as Azure's clients send it", { "api-key": "s3cret" }, 200],
    ["the key as Gemini's clients send it", { "x-goog-api-key": "s3cret" }, 200],
    ["a wrong key in any place", { "x-api-key": "x", "api-key": "s3cre", "x-goog-api-key": "s3crett" }, 401],
    ["the key beside that of another service", { authorization: "Bearer sk-x", "api-key": "s3cret" }, 200],
    ["an empty key", { authorization: "", "x-api-key": "", "api-key": "", "x-goog-api-key": "" }, 401],
  ])("%s", async (_name, headers, status) => {
    await using edge = await startEdge({ env });
    expect((await get(`${edge.url}/v1/models`, headers)).status).toBe(status);
    expect((await post(edge.url + chatPath, hello, headers)).status).toBe(status);
    expect((await post(`${edge.url}//v1/chat/completions`, hello, headers)).status).toBe(status);
  });

  test("the key in the query, once or several times, and never in the log", async () => {
    await using edge = await startEdge({ env });
    for (const [query, status] of [
      ["key=s3cret", 200],
      ["alt=sse&key=s3cret", 200],
      ["key=x&key=s3cret", 200],
      ["key=s3%63ret", 200],
      ["key=s3cretX", 401],
      ["key=", 401],
      ["KEY=s3cret", 401],
    ] as const) {
      expect([query, (await post(`${edge.url}${chatPath}?${query}`, hello)).status]).toEqual([query, status]);
      expect((await get(`${edge.url}/v1/models?${query}`)).status).toBe(status);
      await get(`${edge.url}/v1/nothing?${query}`);
      await send("PUT", `${edge.url}${chatPath}?${query}`, "no JSON");
    }
    await edge.close();
    expect(JSON.stringify(edge.lines)).not.toMatch(/s3cret|s3%63ret/);
  });

  test("unknown paths under /v1 want it too; health and the root do not", async () => {
    await using edge = await startEdge({ env });
    expect((await get(`${edge.url}/v1/nothing`)).status).toBe(401);
    expect((await get(`${edge.url}/health`)).status).toBe(200);
    expect((await get(edge.url)).status).toBe(200);
  });

  test("the refusal is in the route's dialect and says what to send", async () => {
    await using edge = await startEdge({ env });
    const openAi = await post(edge.url + chatPath, hello);
    expect(openAi.json()).toMatchObject({ code: 401, error: { code: "invalid_api_key" } });
    expect(openAi.json().data.msg).toMatch(/BEARER_TOKEN/);
    expect(openAi.headers["www-authenticate"]).toBe("Bearer");
    const anthropic = await post(`${edge.url}/v1/messages`, hello);
    expect(anthropic.json().error.type).toBe("authentication_error");
  });

  test("no spelling of a route is a way around it", async () => {
    await using edge = await startEdge({ env });
    const routes: [string, string][] = [
      ["POST", "/chat/completions"],
      ["POST", "/completions"],
      ["POST", "/responses"],
      ["GET", "/responses/resp_1"],
      ["POST", "/messages"],
      ["POST", "/messages/count_tokens"],
      ["POST", "/embeddings"],
      ["POST", "/images/generations"],
      ["GET", "/models"],
      ["GET", "/models/DeepSeek-V3.2"],
    ];
    const fronts = [
      "",
      "/v1",
      "/v1/v1",
      "//",
      "/openai",
      "/openai/v1",
      "/api/v1",
      "/anthropic",
      "/anthropic/v1",
    ];
    fronts.push("/v1beta/openai", "/v1/chat/completions", "/v1/messages/v1", "/v1/responses");
    for (const [method, route] of routes) {
      for (const front of fronts) {
        const reply = await send(method, edge.url + front + route, method === "GET" ? null : "{}");
        expect([reply.status, front + route]).toEqual([401, front + route]);
      }
    }
  });

  test("encoded paths are no way around it", async () => {
    await using edge = await startEdge({ env });
    for (const path of [
      "/%761/models",
      "/v1%2fmodels",
      "/V1/models",
      "/./v1/models",
      "/mod%65ls",
      "/v1/%76%31/models",
      "/openai/%761/models",
      "/;/models",
    ]) {
      expect((await get(edge.url + path)).status, path).not.toBe(200);
    }
  });
});

describe("request ids and the log", () => {
  test("a sane x-request-id is kept, others are replaced", async () => {
    await using edge = await startEdge({});
    const kept = await get(`${edge.url}/health`, { "x-request-id": "abc-123" });
    expect(kept.headers["x-request-id"]).toBe("abc-123");
    for (const odd of ["has space", "x".repeat(300), "<script>", ".", ".."]) {
      const reply = await get(`${edge.url}/health`, { "x-request-id": odd });
      expect(reply.headers["x-request-id"]).toMatch(/^req_\d+$/);
    }
  });

  test("a request leaves one line: route, status, model and tokens, and no secret or text", async () => {
    await using edge = await startEdge({ env: { BEARER_TOKEN: "s3cret" } });
    const secret = { authorization: "Bearer s3cret", cookie: "session=c00kie" };
    for (const stream of [true, false]) {
      const body = { ...hello, stream, messages: [{ role: "user", content: "my private words" }], seed: 7 };
      await post(edge.url + chatPath, body, secret);
    }
    await get(`${edge.url}/v1/models?token=s3cret`, { authorization: "Bearer s3creT" });
    await edge.close();
    const lines = edge.lines.filter((line) => "route" in line);
    expect(lines).toMatchObject([
      { route: chatPath, status: 200, model: "DeepSeek-V3.2", stream: true, inputTokens: 3, outputTokens: 1 },
      { route: chatPath, status: 200, stream: false, outputTokens: 1, ignored: ["seed"] },
      { route: "/v1/models", status: 401, error: "unauthenticated" },
    ]);
    expect(typeof lines[0]?.["ms"]).toBe("number");
    const everything = JSON.stringify(edge.lines);
    for (const word of ["s3cret", "c00kie", "private words", "Hello"]) expect(everything).not.toContain(word);
  });

  test("the tokens of n answers are added up, streamed or not", async () => {
    await using edge = await startEdge({});
    for (const stream of [true, false]) await post(edge.url + chatPath, { ...hello, stream, n: 3 });
    await edge.close();
    const tokens = { inputTokens: 9, outputTokens: 3, estimated: false };
    expect(edge.lines.filter((line) => "route" in line)).toMatchObject([tokens, tokens]);
  });

  test("an unforeseen failure is logged with its cause and told without it", async () => {
    await using edge = await startEdge({
      answer: () => {
        throw new TypeError("undefined is not a goat");
      },
    });
    const reply = await post(edge.url + chatPath, hello);
    expect(reply.status).toBe(500);
    expect(reply.text).not.toContain("goat");
    expect(reply.json().error).toMatchObject({ type: "server_error", code: "internal_error" });
    await edge.close();
    expect(JSON.stringify(edge.lines)).toContain("goat");
  });
});

describe("models", () => {
  test.each(["meta-llama/Llama-3.3-70B", "meta-llama%2FLlama-3.3-70B", "META-LLAMA/llama-3.3-70b"])(
    "GET /v1/models/%s finds the model",
    async (id) => {
      await using edge = await startEdge({});
      const reply = await get(`${edge.url}/v1/models/${id}`);
      expect([reply.status, reply.json().id]).toEqual([200, "meta-llama/Llama-3.3-70B"]);
    },
  );

  test("an unknown id is a 404 in the caller's dialect", async () => {
    await using edge = await startEdge({});
    const openAi = await get(`${edge.url}/v1/models/no/such`);
    expect([openAi.status, openAi.json().error.code]).toEqual([404, "model_not_found"]);
    const anthropic = await get(`${edge.url}/v1/models/no/such`, { "anthropic-version": "2023-06-01" });
    expect([anthropic.status, anthropic.json().error.type]).toEqual([404, "not_found_error"]);
  });

  test("context length and defaults come along, and Anthropic's form for its callers", async () => {
    await using edge = await startEdge({});
    const openAi = await get(`${edge.url}/v1/models`);
    expect(openAi.json().data[0]).toMatchObject({
      context_length: 128_000,
      max_model_len: 128_000,
      default_parameters: { temperature: 0.6 },
    });
    const anthropic = await get(`${edge.url}/v1/models`, { "anthropic-version": "2023-06-01" });
    expect(anthropic.json()).toMatchObject({
      data: [{ type: "model", display_name: "DeepSeek V3.2" }, {}, {}],
    });
  });
});

test("a request that dribbles in, head or body, is not waited for without end", async () => {
  await using stack = await startStack();
  const { headersTimeout, requestTimeout } = stack.gateway.app.server;
  expect({ headersTimeout, requestTimeout }).toEqual({ headersTimeout: 60_000, requestTimeout: 300_000 });
});

test("a client that leaves in the middle of a compressed body is no failure of the gateway", async () => {
  await using edge = await startEdge({});
  const zipped = gzipSync(JSON.stringify(hello));
  for (const length of [0, 5, zipped.length - 4]) {
    const socket = connect(Number(new URL(edge.url).port), "127.0.0.1");
    const head = `POST ${chatPath} HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: ${zipped.length}\r\n\r\n`;
    socket.write(head);
    socket.write(zipped.subarray(0, length));
    await once(socket, "connect");
    socket.resetAndDestroy();
  }
  await expect.poll(() => edge.lines.filter((line) => line["status"] === 499)).toHaveLength(3);
  expect(edge.lines.filter((line) => Number(line["level"]) > 30)).toEqual([]);
  expect((await post(edge.url + chatPath, hello)).status).toBe(200);
});
