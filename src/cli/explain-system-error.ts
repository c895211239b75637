/** Turns what the operating system or a library threw into a line for a person. */
export function explainSystemError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : "";
  const where = "port" in error ? ` (port ${String(error.port)})` : "";
  switch (code) {
    case "EADDRINUSE":
      return `The address is in use${where}. Stop the other program or set SERVER_ADDRESS, e.g. localhost:16572.`;
    case "EACCES":
      return `Not allowed: ${error.message}. Ports below 1024 want privileges; choose another in SERVER_ADDRESS.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `The host of SERVER_ADDRESS is not this machine's: ${error.message}`;
    default:
      return error.stack ?? error.message;
  }
}
