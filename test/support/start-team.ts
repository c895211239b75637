import { startStack, type Stack, type StackOptions } from "./start-stack.ts";
import { get, post, send, type AnyJson, type Reply } from "./post.ts";

const adminToken = "admin-of-this-test";
const admin = { authorization: `Bearer ${adminToken}` };

/** A stack whose operator gives out keys. */
export interface Team extends Stack {
  /** Makes a key by the admin API; the answer, with the secret as `key`. */
  createKey(wish?: object): Promise<AnyJson>;
  /** Asks the admin API: `admin("GET", "/keys")`. */
  admin(method: string, path: string, body?: object): Promise<Reply>;
  /** Asks for a chat with a key. */
  chat(key: string, body?: object): Promise<Reply>;
}

/** Starts one. Use `await using`. */
export async function startTeam(options: StackOptions = {}): Promise<Team> {
  const stack = await startStack({ ...options, env: { ADMIN_TOKEN: adminToken, ...options.env } });

  function ask(method: string, path: string, body?: object): Promise<Reply> {
    const url = `${stack.url}/admin/v1${path}`;
    if (body === undefined) return method === "GET" ? get(url, admin) : send(method, url, null, admin);
    return send(method, url, JSON.stringify(body), { ...admin, "content-type": "application/json" });
  }

  return {
    ...stack,
    admin: ask,
    async createKey(wish = {}) {
      const reply = await ask("POST", "/keys", { name: "of a test", ...wish });
      if (reply.status !== 201) throw new Error(reply.text);
      return reply.json();
    },
    chat: (key, body = {}) =>
      post(`${stack.url}/v1/chat/completions`, { ...hello, ...body }, { authorization: `Bearer ${key}` }),
  };
}

/** A short request for a short answer. */
export const hello = {
  model: "DeepSeek-V3.2",
  max_tokens: 50,
  messages: [{ role: "user", content: "Hello" }],
};
