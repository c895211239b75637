/** Turns what the operating system or a library threw into a line for a person. */
export function explainSystemError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : "";
  const where = "port" in error ? ` (port ${String(error.port)})` : "";
  const listens = "syscall" in error && error.syscall === "listen";
  switch (code) {
    case "EADDRINUSE":
      return (
        `The address is in use${where}: another program listens there, perhaps a gateway that still runs.\n` +
        "Stop it, or set another address: SERVER_ADDRESS=localhost:16572"
      );
    case "EACCES":
      if (!listens) return `Not allowed: ${error.message}`;
      return `Not allowed: ${error.message}. Ports below 1024 want privileges; choose another in SERVER_ADDRESS.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `The host of SERVER_ADDRESS is not this machine's: ${error.message}`;
    case "ENOENT":
    case "EISDIR":
    case "ENOTDIR":
    case "EROFS":
    case "ENOSPC":
    case "EPERM":
      return error.message;
    default:
      return error.stack ?? error.message;
  }
}
