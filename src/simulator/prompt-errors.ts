/**
 * What the upstream's SDK (`ai` 4) says of messages that it does not take. These texts come as the only frame of a
 * 200 reply, so clients see them word for word.
 */

/** A message as it came in; everything but `content` is unchecked. */
type RawMessage = Readonly<Record<string, unknown>>;

const PLAIN_ROLES: readonly unknown[] = ["system", "user", "assistant", "tool"];
const UI_ROLES: readonly unknown[] = ["system", "user", "assistant", "data"];

/** The SDK's complaint about a list of messages, or `undefined` when it takes them. */
export function promptError(messages: readonly RawMessage[]): string | undefined {
  // One message in the browser's form makes the SDK convert all of them; `data` messages vanish.
  if (messages.some(isBrowserMessage)) {
    const odd = messages.find(({ role }) => !UI_ROLES.includes(role));
    if (odd !== undefined) return `Unsupported role: ${String(odd["role"])}`;
    const kept = messages.filter(({ role }) => role !== "data");
    return kept.length === 0 ? "Invalid prompt: messages must not be empty" : undefined;
  }
  const index = messages.findIndex(({ role }) => !PLAIN_ROLES.includes(role));
  if (index !== -1) {
    return [
      "Invalid prompt: messages must be an array of CoreMessage or UIMessage",
      `Received message of type: "other" at index ${index}`,
      `messages[${index}]: ${JSON.stringify(messages[index])}`,
    ].join("\n");
  }
  if (messages.length === 0) return "Invalid prompt: messages must not be empty";
  const tools = messages.flatMap(({ role }, at) => (role === "tool" ? [toolIssue(at)] : []));
  if (tools.length === 0) return undefined;
  return [
    "Invalid prompt: message must be a CoreMessage or a UI message",
    `Validation error: Type validation failed: Value: ${JSON.stringify(messages)}.`,
    `Error message: ${JSON.stringify(tools, undefined, 2)}`,
  ].join("\n");
}

function isBrowserMessage(message: RawMessage): boolean {
  return (
    message["role"] === "function" ||
    message["role"] === "data" ||
    ["toolInvocations", "parts", "experimental_attachments"].some((key) => key in message)
  );
}

/** A tool message fits no member of the SDK's union of messages: one complaint for each. */
function toolIssue(index: number): object {
  const wrongRole = (expected: string): object => ({
    issues: [
      {
        received: "tool",
        code: "invalid_literal",
        expected,
        path: [index, "role"],
        message: `Invalid literal value, expected "${expected}"`,
      },
    ],
    name: "ZodError",
  });
  const wrongContent = {
    issues: [
      {
        code: "invalid_type",
        expected: "array",
        received: "string",
        path: [index, "content"],
        message: "Expected array, received string",
      },
    ],
    name: "ZodError",
  };
  return {
    code: "invalid_union",
    unionErrors: [wrongRole("system"), wrongRole("user"), wrongRole("assistant"), wrongContent],
    path: [index],
    message: "Invalid input",
  };
}
