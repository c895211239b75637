import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";

import { describe, expect, test } from "vitest";

import { ConfigError } from "../../../src/config.ts";
import { createClient } from "../../../src/upstreams/akash-chat/client.ts";
import { createOptions, forever } from "./support/create-upstream.ts";
import { answerJson, serve } from "./support/serve.ts";

async function withClient<Result>(
  options: ReturnType<typeof createOptions>,
  use: (client: ReturnType<typeof createClient>) => Promise<Result>,
): Promise<Result> {
  const client = createClient(options);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

const get = { method: "GET", path: "/api/models/", patience: "short" } as const;

describe("requests to the upstream", () => {
  test("say who we are and where from, below the path of the base URL", async () => {
    await using server = await serve((_seen, response) => answerJson(response, 200, []));
    await withClient(createOptions(`${server.url}/akash/`), async (client) => {
      const reply = await client.send({ ...get, token: "t" }, forever);
      expect(await reply.text()).toBe("[]");
    });
    const [seen] = server.seen;
    expect(seen?.url).toBe("/akash/api/models/");
    expect(seen?.headers).toMatchObject({
      accept: "*/*",
      referer: `${server.url}/akash/`,
      cookie: "session_token=t",
    });
    expect(seen?.headers["user-agent"]).toMatch(/^akashchat-api\/\d+\.\d+\.\d+$/);
  });

  test("carry the operator's cookies and user agent; only our own session", async () => {
    await using server = await serve((_seen, response) => answerJson(response, 200, []));
    const environment = {
      AKASH_COOKIE: "cf_clearance=abc; session_token=old; __cf_bm=x",
      AKASH_USER_AGENT: "Browser/1",
    };
    await withClient(createOptions(server.url, environment), async (client) => {
      await (await client.send({ ...get, token: "new" }, forever)).text();
      await (await client.send(get, forever)).text();
    });
    expect(server.seen.map((seen) => seen.headers.cookie)).toEqual([
      "session_token=new; cf_clearance=abc; __cf_bm=x",
      "cf_clearance=abc; __cf_bm=x",
    ]);
    expect(server.seen[0]?.headers["user-agent"]).toBe("Browser/1");
  });

  test.each([307, 308])("follow %i with method, body and cookie", async (status) => {
    await using server = await serve((seen, response) => {
      if (seen.url.endsWith("/")) answerJson(response, 200, { ok: true });
      else response.writeHead(status, { location: `${seen.url}/` }).end(`${seen.url}/`);
    });
    await withClient(createOptions(server.url), async (client) => {
      const body = Buffer.from('{"a":1}');
      const reply = await client.send(
        { method: "POST", path: "/api/chat", body, token: "t", patience: "chat" },
        forever,
      );
      expect(reply.status).toBe(200);
    });
    expect(server.seen[1]).toMatchObject({
      method: "POST",
      url: "/api/chat/",
      body: '{"a":1}',
      headers: { cookie: "session_token=t", "content-type": "application/json" },
    });
  });

  test("do not follow to another site, in circles or to nowhere", async () => {
    await using server = await serve((seen, response) => {
      const locations: Record<string, string> = { "/out": "https://example.com/", "/loop": "/loop" };
      const location = locations[seen.url];
      response.writeHead(308, location === undefined ? {} : { location }).end();
    });
    await withClient(createOptions(server.url), async (client) => {
      const ask = (path: string) => client.send({ ...get, path }, forever);
      await expect(ask("/out")).rejects.toMatchObject({ kind: "upstream-unavailable", shouldRetry: false });
      await expect(ask("/loop")).rejects.toMatchObject({ kind: "upstream-protocol" });
      await expect(ask("/nowhere")).rejects.toMatchObject({ kind: "upstream-protocol" });
    });
  });

  test("reuse connections", async () => {
    await using server = await serve((_seen, response) => answerJson(response, 200, []));
    let connections = 0;
    server.server.on("connection", () => (connections += 1));
    await withClient(createOptions(server.url), async (client) => {
      for (let count = 0; count < 10; count += 1) await (await client.send(get, forever)).text();
    });
    // Two take turns: a connection rests for one turn of the event loop before it is used again.
    expect(connections).toBeLessThanOrEqual(2);
  });
});

describe("repeated requests", () => {
  test.each([502, 503, 504])("%i of a proxy in front is tried again, at most twice", async (status) => {
    await using server = await serve((_seen, response) => {
      response.writeHead(status, { "content-type": "text/html" }).end("<html>");
    });
    await withClient(createOptions(server.url), async (client) => {
      expect((await client.send(get, forever)).status).toBe(status);
    });
    expect(server.seen).toHaveLength(3);
  });

  test.each([
    ["JSON of the application itself", { "content-type": "application/json" }],
    ["a challenge", { "content-type": "text/html", "cf-mitigated": "challenge" }],
    ["a wait that is asked for", { "content-type": "text/html", "retry-after": "30" }],
  ])("503 with %s is not", async (_name, headers) => {
    await using server = await serve((_seen, response) => {
      response.writeHead(503, headers).end("{}");
    });
    await withClient(createOptions(server.url), (client) => client.send(get, forever));
    expect(server.seen).toHaveLength(1);
  });

  test("a connection that closes before an answer is tried again", async () => {
    await using server = await serve((_seen, response, request) => {
      if (server.seen.length < 3) request.socket.destroy();
      else answerJson(response, 200, []);
    });
    await withClient(createOptions(server.url), async (client) => {
      expect((await client.send(get, forever)).status).toBe(200);
    });
  });

  test("nothing is tried again once the caller has left", async () => {
    const controller = new AbortController();
    await using server = await serve((_seen, _response, request) => {
      controller.abort();
      request.socket.destroy();
    });
    await withClient(createOptions(server.url), async (client) => {
      await expect(client.send(get, controller.signal)).rejects.toMatchObject({ kind: "aborted" });
    });
    expect(server.seen).toHaveLength(1);
  });

  test("a refused connection says so", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, "close");
    await withClient(createOptions(`http://127.0.0.1:${port}`), async (client) => {
      await expect(client.send(get, forever)).rejects.toMatchObject({
        kind: "upstream-unavailable",
        message:
          "Akash Chat could not be reached: the connection was refused. Check AKASH_BASE_URL and any proxy.",
      });
    });
  });
});

describe("settings of the operator", () => {
  test("a cookie that cannot be a header is named, and nothing is sent", async () => {
    await using server = await serve((_seen, response) => answerJson(response, 200, []));
    await withClient(createOptions(server.url, { AKASH_COOKIE: "a=\u4e2d\nb" }), async (client) => {
      await expect(client.send(get, forever)).rejects.toMatchObject({
        message: expect.stringContaining("AKASH_COOKIE"),
        shouldRetry: false,
      });
    });
    expect(server.seen).toHaveLength(0);
  });

  test("a proxy that is no URL is a problem of the configuration", () => {
    expect(() => createClient(createOptions("http://akash.test", {}, { proxy: { http: "://" } }))).toThrow(
      ConfigError,
    );
  });

  test("after closing, requests say so", async () => {
    const client = createClient(createOptions("http://127.0.0.1:9"));
    await client.close();
    await expect(client.send(get, forever)).rejects.toMatchObject({ kind: "overloaded" });
  });
});

/** A proxy that tunnels every host to one server and remembers who asked for what. */
async function serveProxy(target: string) {
  const asked: { readonly host: string; readonly authorization: string | undefined }[] = [];
  const port = Number(new URL(target).port);
  const proxy = createServer((_request, response) => response.writeHead(405).end());
  proxy.on("connect", (request, socket) => {
    asked.push({ host: request.url ?? "", authorization: request.headers["proxy-authorization"] });
    if (request.headers["proxy-authorization"] === undefined) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      return;
    }
    const tunnel = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      tunnel.pipe(socket).pipe(tunnel);
    });
    tunnel.on("error", () => socket.destroy());
    socket.on("error", () => tunnel.destroy());
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  const address = proxy.address() as AddressInfo;
  return {
    asked,
    urlFor: (login: string) => `http://${login}127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      proxy.closeAllConnections();
      proxy.close();
      await once(proxy, "close");
    },
  };
}

describe("through an HTTP proxy", () => {
  test("requests reach a host that only the proxy can resolve", async () => {
    await using server = await serve((_seen, response) => answerJson(response, 200, []));
    await using proxy = await serveProxy(server.url);
    const options = createOptions("http://akash.test", {}, { proxy: { http: proxy.urlFor("user:secret@") } });
    await withClient(options, async (client) => {
      expect((await client.send(get, forever)).status).toBe(200);
    });
    expect(proxy.asked[0]?.host).toBe("akash.test:80");
    expect(server.seen[0]?.headers.host).toBe("akash.test");
  });

  test("a proxy that refuses is named, and not asked again", async () => {
    await using server = await serve((_seen, response) => answerJson(response, 200, []));
    await using proxy = await serveProxy(server.url);
    const options = createOptions("http://akash.test", {}, { proxy: { http: proxy.urlFor("") } });
    await withClient(options, async (client) => {
      await expect(client.send(get, forever)).rejects.toMatchObject({
        kind: "upstream-unavailable",
        message: expect.stringContaining("the HTTP proxy refused the connection with status 407"),
      });
    });
    expect(proxy.asked).toHaveLength(1);
  });

  test("not for hosts of NO_PROXY, and never for this machine", async () => {
    await using server = await serve((_seen, response) => answerJson(response, 200, []));
    await using proxy = await serveProxy(server.url);
    const http = proxy.urlFor("user:secret@");
    await withClient(createOptions(server.url, {}, { proxy: { http } }), async (client) => {
      expect((await client.send(get, forever)).status).toBe(200);
    });
    await withClient(
      createOptions("http://akash.invalid", {}, { proxy: { http, no: "akash.invalid" } }),
      async (client) => {
        await expect(client.send(get, forever)).rejects.toMatchObject({ kind: "upstream-unavailable" });
      },
    );
    expect(proxy.asked).toHaveLength(0);
  });
});
