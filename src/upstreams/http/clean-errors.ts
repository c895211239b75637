import { GatewayError, type RetryScope, toGatewayError } from "../../errors.ts";
import { createSecretHider } from "./hide-secrets.ts";

/** The same error with another message or scope; with another message it has no cause, since that has the first one. */
export function copyError(
  error: GatewayError,
  changes: { readonly message?: string; readonly retry?: RetryScope },
): GatewayError {
  const { message = error.message, retry = error.retry } = changes;
  const { param, retryAfterMs, resetsAt, status, shouldRetry, tokens, restsAt } = error;
  const same = { param, retryAfterMs, resetsAt, status, shouldRetry, tokens, restsAt };
  return new GatewayError(error.kind, message, {
    ...same,
    retry,
    ...(changes.message === undefined ? { cause: error.cause } : {}),
  });
}

/** Creates what blots these secrets out of errors, wherever a server has quoted them. */
export function createErrorCleaner(secrets: readonly string[]): (error: unknown) => GatewayError {
  const hide = createSecretHider(secrets);
  return (thrown) => {
    const error = toGatewayError(thrown);
    const message = hide(error.message);
    return message === error.message ? error : copyError(error, { message });
  };
}

/** The same items, whose end by an error is cleaned. */
export async function* cleanErrors<Item>(
  items: AsyncIterable<Item>,
  clean: (error: unknown) => GatewayError,
): AsyncGenerator<Item, void, undefined> {
  try {
    yield* items;
  } catch (error) {
    throw clean(error);
  }
}
