import { GatewayError, shorten } from "../../errors.ts";

/** A failure that has a code of its own in this API, since clients act on it. */
export class CodedError extends GatewayError {
  readonly code: string;

  constructor(code: string, message: string, param: string) {
    super("invalid-request", message, { param });
    this.code = code;
  }
}

/**
 * Two requests at once in one conversation. OpenAI says so by 400 and this code, at which its agents SDK for Python waits and asks again.
 * `param`: the field that names the conversation.
 */
export function conversationLocked(param: string): CodedError {
  const text = "Another process is currently operating on this conversation. Please retry in a few seconds.";
  return new CodedError("conversation_locked", text, param);
}

/** A response can go on from one of them alone. */
export function conversationAndPrevious(): CodedError {
  const text =
    "Mutually exclusive parameters: Ensure you are only providing one of: 'previous_response_id' or 'conversation'.";
  return new CodedError("mutually_exclusive_parameters", text, "conversation");
}

/** There is no such conversation. `param`: the field that names it. */
export function conversationNotFound(id: string, param: string): GatewayError {
  const shown = shorten(id);
  return new GatewayError("not-found", `Conversation with id '${shown}' not found.`, {
    param,
    sent: [shown],
  });
}
