/** Where an upstream tells what it does; pino fits. Never given keys, cookies or message bodies. */
export interface UpstreamLog {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}
