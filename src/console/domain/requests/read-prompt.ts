/** A stretch of a prompt, as it was sent. */
export interface PromptPart {
  /** Whose words: `system`, `user`, `assistant`, `tool`; `tools` and `settings` are fields of the body; `body`: it can't be read. */
  readonly role: string;
  readonly text: string;
  /** It stands in no text of the client's request. */
  readonly isOurs: boolean;
}

/** So many texts of a client are looked for in each text of the prompt, the longest first. */
const mostTexts = 200;
/** As long is no chance, wherever it stands; as long as the second, where a line begins or ends with it; else it is lines by itself. */
const [longText, shortText] = [40, 5];

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Fields whose texts are words of an API, which nobody said. */
const apiFields = /^(?:role|type|model|name|id|.*_id|user|status|detail|media_type|tool_choice)$/;

/** All texts that somebody may have written in what may be anything, to a depth that no request needs. */
function textsIn(value: unknown, depth = 0): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null || depth > 20) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    apiFields.test(name) ? [] : textsIn(inner, depth + 1),
  );
}

/** Where a text of the client stands in one of the prompt; -1: nowhere. */
function placeOf(text: string, theirs: string): number {
  for (let at = text.indexOf(theirs); at >= 0; at = text.indexOf(theirs, at + 1)) {
    const end = at + theirs.length;
    const ends = [at === 0 || text[at - 1] === "\n", end === text.length || text[end] === "\n"];
    const wanted = theirs.length >= longText ? 0 : theirs.length >= shortText ? 1 : 2;
    if (ends.filter(Boolean).length >= wanted) return at;
  }
  return -1;
}

/** A stretch that may be cut further by the texts from `next` on; those before it are not in it. */
interface Uncut {
  readonly text: string;
  readonly next: number;
}

/** The first of the texts from `next` on that stands in a stretch, and where. */
function findTheirs(
  { text, next }: Uncut,
  known: readonly string[],
): { index: number; begin: number } | undefined {
  for (let index = next; index < known.length; index += 1) {
    const theirs = known[index] ?? "";
    const begin = theirs.length <= text.length ? placeOf(text, theirs) : -1;
    if (begin >= 0) return { index, begin };
  }
  return undefined;
}

/** Cuts a text into what the client wrote and what it did not. Not by calling itself: there may be as many stretches as lines. */
function cutText(text: string, known: readonly string[]): readonly Omit<PromptPart, "role">[] {
  const parts: Omit<PromptPart, "role">[] = [];
  /** The first of them last. */
  const waiting: (Uncut | Omit<PromptPart, "role">)[] = [{ text, next: 0 }];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if ("isOurs" in one) {
      parts.push(one);
      continue;
    }
    const found = findTheirs(one, known);
    if (found === undefined) {
      if (one.text.trim() !== "") parts.push({ text: one.text.trim(), isOurs: true });
      continue;
    }
    const { index, begin } = found;
    const end = begin + (known[index]?.length ?? 0);
    waiting.push(
      { text: one.text.slice(end), next: index },
      { text: one.text.slice(begin, end), isOurs: false },
      { text: one.text.slice(0, begin), next: index },
    );
  }
  return parts;
}

/** A message's content as one text. */
function contentOf(message: unknown): string {
  const content =
    typeof message === "object" && message !== null ? Reflect.get(message, "content") : undefined;
  if (typeof content === "string") return content;
  if (!Array.isArray(content))
    return content === undefined || content === null ? "" : JSON.stringify(content);
  return content
    .map((piece: unknown) => {
      const text = typeof piece === "object" && piece !== null ? Reflect.get(piece, "text") : undefined;
      return typeof text === "string" ? text : JSON.stringify(piece, undefined, 2);
    })
    .join("\n");
}

const fieldsOfTheirOwn: ReadonlySet<string> = new Set(["messages", "system", "tools"]);

/**
 * Reads the body of a request to an upstream: its messages in their order, and what of each the gateway wrote. `asked`: the client's own body. A body
 * that was cut is one part.
 */
export function readPrompt(sent: string, asked: string | undefined): readonly PromptPart[] {
  const body = parse(sent);
  if (typeof body !== "object" || body === null) return [{ role: "body", text: sent, isOurs: false }];
  const request = parse(asked);
  const { tools: offered, ...spoken } = (request ?? {}) as Readonly<Record<string, unknown>>;
  const known = [...new Set(textsIn(spoken).map((text) => text.trim()))]
    .filter((text) => text.length > 1)
    .sort((one, other) => other.length - one.length)
    .slice(0, mostTexts);
  // Where they are no field of the body, they stand in the system prompt.
  const offersTools = Array.isArray(offered) && offered.length > 0 && !("tools" in body);
  const toParts = (role: string, text: string): readonly PromptPart[] =>
    request === undefined
      ? [{ role, text, isOurs: false }]
      : cutText(text, known).map((part) => ({
          role: part.isOurs && offersTools && role === "system" ? "tools" : role,
          ...part,
        }));

  const { system, messages, tools, ...rest } = body as Readonly<Record<string, unknown>>;
  const listed: readonly unknown[] = Array.isArray(messages) ? messages : [];
  const settings = Object.entries(rest).filter(([name]) => !fieldsOfTheirOwn.has(name));
  return [
    ...(system === undefined ? [] : toParts("system", contentOf({ content: system }))),
    ...listed.flatMap((message) => {
      const { role, tool_calls: calls } = message as Readonly<Record<string, unknown>>;
      const name = typeof role === "string" ? role : "message";
      return [
        ...toParts(name, contentOf(message)),
        ...(Array.isArray(calls)
          ? [{ role: name, text: JSON.stringify(calls, undefined, 2), isOurs: false }]
          : []),
      ];
    }),
    ...(tools === undefined
      ? []
      : [{ role: "tools", text: JSON.stringify(tools, undefined, 2), isOurs: false }]),
    ...(settings.length === 0
      ? []
      : [
          {
            role: "settings",
            text: JSON.stringify(Object.fromEntries(settings), undefined, 2),
            isOurs: false,
          },
        ]),
  ];
}
