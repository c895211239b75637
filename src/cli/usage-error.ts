/** The command was used wrongly; `message` says what to do. Ends the command with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
