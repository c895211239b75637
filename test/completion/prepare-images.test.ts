import { expect, test } from "vitest";

import { prepareImages } from "../../src/completion/prepare-images.ts";
import type { ImagePart, Message } from "../../src/model/request.ts";
import { parseRequest } from "../../src/dialects/openai-chat/index.ts";

const inline: ImagePart = { type: "image", source: { kind: "data", mediaType: "image/png", base64: "aWk=" } };

function show(urls: readonly string[]) {
  const fetched: string[] = [];
  const { request } = parseRequest({ model: "m", messages: [{ role: "user", content: "hi" }] });
  const images = urls.map((url): ImagePart => ({ type: "image", source: { kind: "url", url } }));
  const half = Math.ceil(images.length / 2);
  const messages: Message[] = [
    { role: "user", parts: images.slice(0, half) },
    {
      role: "tool",
      parts: [{ type: "tool-result", callId: "c", content: images.slice(half), isError: false }],
    },
  ];
  const prepared = prepareImages(
    { ...request, messages },
    {
      model: { id: "m", kind: "chat" },
      canSee: () => true,
      listModels: () => Promise.resolve([]),
      fetchImage(url) {
        fetched.push(url);
        return Promise.resolve(inline);
      },
    },
  );
  return { prepared, fetched };
}

const urls = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `https://example.com/${at}`);

test("up to sixteen different images are fetched, each once", async () => {
  const { prepared, fetched } = show([...urls(16), ...urls(16)]);
  const { messages } = await prepared;
  expect(messages[0]?.parts).toEqual(Array.from({ length: 16 }, () => inline));
  expect(fetched).toEqual(urls(16));
});

test("of more none is fetched", async () => {
  const { prepared, fetched } = show(urls(9000));
  await expect(prepared).rejects.toThrow("At most 16 images are fetched for a request.");
  expect(fetched).toEqual([]);
});
