import { expect } from "vitest";

import { startCompatibleSimulator } from "../../../../src/simulator/compatible/index.ts";
import type { Lock } from "../../../../src/openapi/reference.ts";
import { get, post } from "../../../support/post.ts";
import { startMerged } from "../../../support/start-merged.ts";
import type { OpenApi } from "./document.ts";

const operator = "operators-own";
const admin = "admins-own";
const metrics = "metrics-own";

/** Headers with which a request is let in where it needs that. */
export const secrets: Readonly<Record<Lock, Readonly<Record<string, string>>>> = {
  key: { authorization: `Bearer ${operator}` },
  admin: { authorization: `Bearer ${admin}` },
  metrics: { authorization: `Bearer ${metrics}` },
  none: {},
};

/** Values of parameters by their names. */
export type Values = Readonly<Record<string, string>>;

/** A gateway with all that is off by default, its document, and what the operations of the document need to be there. */
export interface Described extends AsyncDisposable {
  readonly url: string;
  readonly app: Awaited<ReturnType<typeof startMerged>>["gateway"]["app"];
  readonly simulator: Awaited<ReturnType<typeof startMerged>>["simulator"];
  readonly document: OpenApi;
  /** A key of the gateway, as headers have it. */
  readonly key: Readonly<Record<string, string>>;
  /** Makes what an operation is about, and gives the values that lead there. */
  prepare(operationId: string): Promise<Values>;
}

/** Starts it over the web chat, AkashML and a server that has vectors and audio. Use `await using`. */
export async function startDescribed(): Promise<Described> {
  const vectors = await startCompatibleSimulator({
    persona: "sglang",
    models: [
      { id: "bge-m3", embeddings: 8 },
      { id: "whisper-large-v3", audio: "transcription" },
      { id: "kokoro", audio: "speech" },
    ],
  });
  const stack = await startMerged({
    file: `  - { name: vectors, type: openai, base_url: "${vectors.baseUrl}" }\n`,
    env: { BEARER_TOKEN: operator, ADMIN_TOKEN: admin, METRICS_TOKEN: metrics },
  });
  const { url } = stack;
  const document = (await get(`${url}/openapi.json`)).json() as OpenApi;
  const made = await post(`${url}/admin/v1/keys`, { name: "tests" }, secrets.admin);
  const key = { authorization: `Bearer ${made.json().key}` };

  async function makeResponse(): Promise<Values> {
    const body = { model: "auto", input: "Say hello.", background: true };
    return { id: (await post(`${url}/v1/responses`, body, secrets.key)).json().id };
  }

  async function makeConversation(): Promise<Values> {
    const body = { items: [{ role: "user", content: "Say hello." }] };
    const { id } = (await post(`${url}/v1/conversations`, body, secrets.key)).json();
    const items = (await get(`${url}/v1/conversations/${id}/items`, secrets.key)).json();
    return { id, item: items.first_id };
  }

  /** A chat, and how to find what is kept of it. */
  async function chat(headers: Readonly<Record<string, string>>) {
    const body = { model: "auto", messages: [{ role: "user", content: "Say hello." }] };
    const { headers: answered } = await post(`${url}/v1/chat/completions`, body, headers);
    return answered;
  }

  async function makeRequest(): Promise<Values> {
    const id = String((await chat(secrets.key))["x-request-id"]);
    const find = async () => (await get(`${url}/admin/v1/requests/${id}`, secrets.admin)).status;
    await expect.poll(find).toBe(200);
    return { id };
  }

  async function makeTrace(): Promise<Values> {
    const id = String((await chat({ ...secrets.key, "x-trace": "on" }))["x-trace"]);
    const find = async () => (await get(`${url}/admin/v1/traces/${id}`, secrets.admin)).status;
    await expect.poll(find).toBe(200);
    return { id };
  }

  async function makePicture(): Promise<Values> {
    const drawn = await post(`${url}/v1/images/generations`, { prompt: "A boat" }, secrets.key);
    const link = new URL(drawn.json().data[0].url);
    return { name: link.pathname.split("/").at(-1) ?? "", ...Object.fromEntries(link.searchParams) };
  }

  const makeKey = async (path: string, headers: Readonly<Record<string, string>>): Promise<Values> => ({
    id: (await post(url + path, { name: "one" }, headers)).json().id,
  });
  const makeAnyKey = () => makeKey("/admin/v1/keys", secrets.admin);
  const makeOwnKey = () => makeKey("/v1/keys", key);

  const preparations: Readonly<Record<string, () => Promise<Values>>> = {
    getResponse: makeResponse,
    deleteResponse: makeResponse,
    listResponseInput: makeResponse,
    cancelResponse: makeResponse,
    getConversation: makeConversation,
    changeConversation: makeConversation,
    deleteConversation: makeConversation,
    addConversationItems: makeConversation,
    listConversationItems: makeConversation,
    getConversationItem: makeConversation,
    deleteConversationItem: makeConversation,
    getImageFile: makePicture,
    getKey: makeAnyKey,
    changeKey: makeAnyKey,
    revokeKey: makeAnyKey,
    getOwnKey: makeOwnKey,
    changeOwnKey: makeOwnKey,
    revokeOwnKey: makeOwnKey,
    getRequest: makeRequest,
    getOwnRequest: makeRequest,
    getTrace: makeTrace,
    tryUpstream: async () => ({ name: "web" }),
  };

  async function close(): Promise<void> {
    await stack.close();
    await vectors.close();
  }
  return {
    url,
    app: stack.gateway.app,
    simulator: stack.simulator,
    document,
    key,
    prepare: async (operationId) => (await preparations[operationId]?.()) ?? {},
    [Symbol.asyncDispose]: close,
  };
}
