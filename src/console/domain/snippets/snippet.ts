import type { ChatBody } from "../chat/to-body.ts";

/** What the playground sends to draw. */
export interface ImageBody {
  readonly model: string;
  readonly prompt: string;
  readonly stream: true;
  readonly response_format: "url";
}

/** What is shown as code. */
export type SnippetRequest =
  | { readonly kind: "chat"; readonly body: ChatBody }
  | { readonly kind: "image"; readonly body: ImageBody };

/** Where it is sent. */
export interface SnippetTarget {
  /** The gateway's address, without `/v1`. */
  readonly baseUrl: string;
  /** Whether a key goes along: from the environment, never from here. */
  readonly hasKey: boolean;
}

/** The variable that holds the key. */
export const keyVariable = "AKC_KEY";

/** The key in JavaScript. SDKs want one, also where the gateway wants none. */
export function toKey({ hasKey }: SnippetTarget): string {
  return hasKey ? `process.env.${keyVariable}` : '"none"';
}

const longPicture = /^(data:image\/[a-z+.-]+;base64,)(.{24}).{40,}$/s;

/** The same request with pictures cut short, to be looked at and not to be run. */
export function shorten<Value>(value: Value): Value {
  return JSON.parse(
    JSON.stringify(value, (_name, one: unknown) =>
      typeof one === "string" ? one.replace(longPicture, "$1$2…") : one,
    ),
  ) as Value;
}
