import { valueAt } from "./explain-issue.ts";
import { isSameName } from "./judge-model-name.ts";
import type { PlainValues } from "./plain-values.ts";

/** Headers of a web chat that have a key of their own: the gateway sends them in any case. */
const keysOfWebChat: Readonly<Record<string, string>> = { cookie: "cookie", "user-agent": "user_agent" };

/**
 * Finds headers that the gateway sends as well, and such as stand there twice. Takes a file that may not fit the schema.
 */
export function findHeaderMistakes(
  plain: PlainValues,
  tell: (offset: number, message: string) => void,
): void {
  const upstreams = valueAt(plain.value, ["upstreams"]);
  for (const index of Array.isArray(upstreams) ? upstreams.keys() : []) {
    const upstream = ["upstreams", index];
    const headers = valueAt(plain.value, [...upstream, "headers"]);
    if (typeof headers !== "object" || headers === null || Array.isArray(headers)) continue;
    const isWebChat = valueAt(plain.value, [...upstream, "type"]) === "akash-chat";
    const hasKey = valueAt(plain.value, [...upstream, "api_key"]) !== undefined;
    const names = Object.keys(headers);
    for (const [at, name] of names.entries()) {
      const offset = plain.offsetOfKey([...upstream, "headers", name]);
      const key = isWebChat ? keysOfWebChat[name.toLowerCase()] : undefined;
      if (key !== undefined) tell(offset, `\`${name}\` has a key of its own here. Write \`${key}\`.`);
      else if (hasKey && isSameName(name, "Authorization"))
        tell(offset, `\`${name}\` is what \`api_key\` sends. Keep one of them.`);
      else if (names.findIndex((other) => isSameName(other, name)) < at)
        tell(offset, `\`${name}\` stands in \`headers\` twice: upper and lower case are the same.`);
    }
  }
}
