import { type AnyJson, get, send } from "../post.ts";
import { adminToken } from "./start-gateway.ts";

/** A key as it was made. */
export interface TeamKey {
  readonly id: string;
  /** Its secret. */
  readonly key: string;
  readonly budget: { readonly id: string } | null;
}

/** How a limit stands, as the API says it. */
export interface LimitNow {
  readonly limit: string;
  readonly unit: string;
  readonly cap: number;
  readonly used: number;
  readonly reserved: number;
}

/** A row of the ledger, as the API says it. */
export interface RequestRow {
  readonly id: string;
  readonly outcome: "answered" | "failed" | "refused" | "left";
  readonly key: string | null;
  readonly route: string;
  readonly status: number | null;
  readonly error: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly estimated: boolean | null;
  readonly cost_usd: number | null;
  readonly session: string | null;
}

/** What the operator asks a gateway. Each rejects with the answer when it is no success. */
export interface Admin {
  createKey(wish: object): Promise<TeamKey>;
  /** How all limits of a key stand. */
  limitsOf(id: string): Promise<readonly LimitNow[]>;
  /** One of them, by its field. */
  limitOf(id: string, field: string): Promise<LimitNow>;
  /** All rows of the ledger. */
  rows(): Promise<readonly RequestRow[]>;
}

const headers = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" };

/** Creates the operator of the gateway at `url`; of several that share their state any one does. */
export function createAdmin(url: () => string): Admin {
  async function ask(method: string, path: string, body?: object): Promise<AnyJson> {
    const address = `${url()}/admin/v1${path}`;
    const reply = await (body === undefined
      ? get(address, headers)
      : send(method, address, JSON.stringify(body), headers));
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    return reply.json();
  }

  async function limitsOf(id: string): Promise<readonly LimitNow[]> {
    return (await ask("GET", `/keys/${id}`)).limits;
  }

  return {
    createKey: (wish) => ask("POST", "/keys", { name: "of a proof", ...wish }),
    limitsOf,
    async limitOf(id, field) {
      const found = (await limitsOf(id)).find(({ limit }) => limit === field);
      if (found === undefined) throw new Error(`${id} has no ${field}`);
      return found;
    },
    async rows() {
      const all: RequestRow[] = [];
      for (let after = ""; ;) {
        const page = await ask("GET", `/requests?limit=1000${after}`);
        all.push(...page.data);
        if (page.has_more !== true) return all;
        after = `&after=${page.next}`;
      }
    },
  };
}
