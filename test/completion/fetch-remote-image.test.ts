import { getEventListeners, once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, test } from "vitest";

import {
  createImageFetcher,
  isPublicAddress,
  type ImageFetcherOptions,
} from "../../src/completion/fetch-remote-image.ts";
import { collectGarbage } from "../support/collect-garbage.ts";
import { createTimers } from "../support/create-timers.ts";
import { createGate } from "../support/gate.ts";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return (server.address() as AddressInfo).port;
}

function createFetcher(options: Partial<ImageFetcherOptions> = {}) {
  const fetcher = createImageFetcher({ limitBytes: 1000, timeoutMs: 20_000, ...options });
  closers.push(() => fetcher.close());
  return fetcher;
}

/** Lets the test's own server be reached under any name. */
const local = {
  resolve: () => Promise.resolve(["127.0.0.1"]),
  isAllowed: (address: string) => address === "127.0.0.1",
};
const { signal } = new AbortController();

test.each([
  ["8.8.8.8", true],
  ["2606:4700::1111", true],
  ["127.0.0.1", false],
  ["10.1.2.3", false],
  ["172.16.0.1", false],
  ["192.168.1.1", false],
  ["169.254.169.254", false],
  ["100.64.0.1", false],
  ["0.0.0.0", false],
  ["224.0.0.1", false],
  ["255.255.255.255", false],
  ["192.0.2.1", false],
  ["::1", false],
  ["::", false],
  ["fe80::1", false],
  ["fd00:ec2::254", false],
  ["::ffff:127.0.0.1", false],
  ["::ffff:a9fe:a9fe", false],
  ["64:ff9b::7f00:1", false],
  ["2002:7f00:1::", false],
  ["::7f00:1", false],
  ["::5efe:7f00:1", false],
  ["fec0::1", false],
  ["not an address", false],
])("%s is public: %s", (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});

test("an image is fetched, its address looked up just once", async () => {
  const port = await serve((request, response) => {
    response.setHeader("content-type", "image/png; charset=binary").end(request.headers.host);
  });
  let lookUps = 0;
  const resolve = () => {
    lookUps += 1;
    return Promise.resolve(["127.0.0.1"]);
  };
  const image = await createFetcher({ ...local, resolve }).fetch(
    `http://pictures.example:${port}/a.png`,
    signal,
  );
  const base64 = Buffer.from(`pictures.example:${port}`).toString("base64");
  expect(image).toEqual({ type: "image", source: { kind: "data", mediaType: "image/png", base64 } });
  expect(lookUps).toBe(1);
});

describe("private hosts", () => {
  test.each([
    "http://127.0.0.1:1/",
    "http://[::1]:1/",
    "http://[::ffff:127.0.0.1]:1/",
    "http://169.254.169.254/latest/meta-data",
    "http://2130706433/",
    "http://0x7f.1/",
  ])("%s is refused without a connection", async (url) => {
    await expect(createFetcher().fetch(url, signal)).rejects.toMatchObject({
      kind: "invalid-request",
      message: expect.stringContaining("can't be reached"),
    });
  });

  test("are refused behind a public name too, even if it has a public address as well", async () => {
    const port = await serve((_request, response) => response.end("secret"));
    const fetcher = createFetcher({ resolve: () => Promise.resolve(["8.8.8.8", "127.0.0.1"]) });
    await expect(fetcher.fetch(`http://rebind.example:${port}/`, signal)).rejects.toThrow(/can't be reached/);
  });

  test("are refused behind a redirect", async () => {
    const port = await serve((_request, response) =>
      response.writeHead(302, { location: "http://10.0.0.1/" }).end(),
    );
    await expect(createFetcher(local).fetch(`http://a.example:${port}/`, signal)).rejects.toThrow(
      /can't be reached/,
    );
  });
});

describe("what is refused", () => {
  test.each<[string, RequestListener, RegExp]>([
    [
      "another type",
      (_q, r) => r.setHeader("content-type", "text/html").end("<p>"),
      /not an image but text\/html/,
    ],
    ["no type", (_q, r) => r.end("x"), /not an image but of no type/],
    [
      "SVG",
      (_q, r) => r.setHeader("content-type", "image/svg+xml").end("<svg/>"),
      /not an image but image\/svg/,
    ],
    ["a 404", (_q, r) => r.writeHead(404).end(), /answers 404/],
    [
      "too many bytes",
      (_q, r) => r.setHeader("content-type", "image/png").end("x".repeat(1001)),
      /larger than 1000/,
    ],
    [
      "redirects without end",
      (_q, r) => r.writeHead(302, { location: "/again" }).end(),
      /redirected too often/,
    ],
    [
      "a redirect to a file",
      (_q, r) => r.writeHead(302, { location: "file:///etc/passwd" }).end(),
      /only http/,
    ],
    ["a redirect to nowhere", (_q, r) => r.writeHead(302).end(), /leads nowhere/],
  ])("%s", async (_name, listener, message) => {
    const port = await serve(listener);
    const fetching = createFetcher(local).fetch(`http://a.example:${port}/p?key=secret`, signal);
    await expect(fetching).rejects.toThrow(message);
    await expect(fetching).rejects.not.toThrow(/secret/);
  });

  test("other schemes and things that are no URL", async () => {
    await expect(createFetcher().fetch("ftp://example.com/a.png", signal)).rejects.toThrow(/only http/);
    await expect(createFetcher().fetch("a.png", signal)).rejects.toThrow(/not a URL/);
  });

  test("a host that never answers", async () => {
    const timers = createTimers();
    const port = await serve(() => timers.expireAll());
    await expect(
      createFetcher({ ...local, timeoutMs: 100, startTimer: timers.start }).fetch(
        `http://a.example:${port}/`,
        signal,
      ),
    ).rejects.toThrow(/more than 100 ms/);
  });
});

test("hosts that drip for ever are left when the time is up, also after a garbage collection", async () => {
  const timers = createTimers();
  const controller = new AbortController();
  const urls = Array.from({ length: 8 }, (_, index) => `http://${index}.example`);
  const dripping = new Set<ServerResponse>();
  const left: Promise<unknown>[] = [];
  const all = createGate();
  const port = await serve((_request, response) => {
    response.setHeader("content-type", "image/png").write("x");
    left.push(once(response, "close"));
    if (dripping.add(response).size === urls.length) all.open();
  });
  const fetcher = createFetcher({ ...local, startTimer: timers.start });
  const fetched = Promise.allSettled(urls.map((url) => fetcher.fetch(`${url}:${port}/`, controller.signal)));
  await all.promise;
  collectGarbage();
  for (const response of dripping) response.write("x");
  expect(timers.running).toEqual(urls.map(() => 20_000));
  timers.expireAll();
  for (const { status, ...rest } of await fetched) {
    expect([status, rest]).toEqual([
      "rejected",
      { reason: expect.objectContaining({ message: expect.stringContaining("more than 20000 ms") }) },
    ]);
  }
  await Promise.all(left);
  expect(getEventListeners(controller.signal, "abort")).toEqual([]);
});

test.each<[string, RequestListener]>([
  ["a picture", (_q, r) => r.setHeader("content-type", "image/png").end("x")],
  ["a refusal", (_q, r) => r.writeHead(404).end()],
])("no timer outlives %s", async (_name, listener) => {
  const timers = createTimers();
  const port = await serve(listener);
  await Promise.allSettled([
    createFetcher({ ...local, startTimer: timers.start }).fetch(`http://a.example:${port}/`, signal),
  ]);
  expect(timers.running).toEqual([]);
});

test("three redirects are followed", async () => {
  const port = await serve((request, response) => {
    const hop = Number(request.url?.slice(1));
    if (hop < 3) response.writeHead(307, { location: `/${hop + 1}` }).end();
    else response.setHeader("content-type", "image/gif").end("gif");
  });
  expect(await createFetcher(local).fetch(`http://a.example:${port}/0`, signal)).toMatchObject({
    source: { mediaType: "image/gif" },
  });
});

test("a caller who leaves ends the fetch", async () => {
  const controller = new AbortController();
  const port = await serve(() => controller.abort());
  await expect(
    createFetcher(local).fetch(`http://a.example:${port}/`, controller.signal),
  ).rejects.toMatchObject({
    kind: "aborted",
  });
});
