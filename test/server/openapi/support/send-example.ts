import { request } from "undici";

import type { Example, Operation } from "../../../../src/openapi/reference.ts";
import { send } from "../../../support/post.ts";
import { type Described, secrets, type Values } from "./start-described.ts";
import type { GivenAnswer } from "./judge.ts";

/** Sends an example of an operation, with what the operation is about made before. */
export async function sendExample(
  described: Described,
  operation: Operation,
  example: Example,
): Promise<GivenAnswer> {
  const { method, url, headers, body } = await toRequest(described, operation, example);
  if (operation.id === "followStatus") return readFirst(url, headers);
  return send(method, url, body, headers);
}

async function toRequest(described: Described, operation: Operation, { parameters = {}, body }: Example) {
  const [method = "", path = ""] = operation.route.split(" ");
  const made = await described.prepare(operation.id);
  const values: Values = {
    ...made,
    ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)])),
  };
  const query = new URLSearchParams();
  const headers: Record<string, string> = { ...secretsOf(described, operation) };
  let route = path;
  for (const { name, in: place, example: usual } of operation.parameters ?? []) {
    const value = values[name] ?? (place === "path" ? String(usual) : undefined);
    if (value === undefined) continue;
    if (place === "path") route = route.replace(`{${name}}`, encodeURIComponent(value));
    else if (place === "query") query.set(name, value);
    else headers[name] = value;
  }
  const form = operation.body?.mediaType === "multipart/form-data" ? writeForm(body ?? {}) : undefined;
  const type = form?.headers.get("content-type") ?? operation.body?.mediaType ?? "application/json";
  if (body !== undefined) headers["content-type"] = type;
  const asked = query.size === 0 ? route : `${route}?${query.toString()}`;
  return {
    method,
    url: described.url + asked,
    headers,
    body: body === undefined ? null : ((await form?.text()) ?? JSON.stringify(body)),
  };
}

/** The body of a form. A file's bytes are what its field says. */
function writeForm(fields: object): Response {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (name === "file") form.append(name, new Blob([String(value)], { type: "audio/wav" }), "speech.wav");
    else form.append(name, String(value));
  }
  return new Response(form);
}

/** Keys of a key are made by a key; all else the operator may. */
function secretsOf({ key }: Described, { lock, route }: Operation): Readonly<Record<string, string>> {
  return route.includes(" /v1/keys") ? key : secrets[lock];
}

/** The first event of a stream that has no end. */
async function readFirst(url: string, headers: Readonly<Record<string, string>>): Promise<GivenAnswer> {
  const leave = new AbortController();
  const reply = await request(url, { headers: { ...headers }, signal: leave.signal, reset: true });
  let text = "";
  for await (const piece of reply.body) {
    text += String(piece);
    if (text.includes("\n\n")) break;
  }
  leave.abort();
  return { status: reply.statusCode, headers: reply.headers, text: `${text.split("\n\n", 1)[0]}\n\n` };
}
