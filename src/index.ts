/** akashchat-api as a library: read a configuration, create a gateway, listen. */
export { type Config, ConfigError, readConfig } from "./config.ts";
export { type ErrorKind, GatewayError } from "./errors.ts";
export { createGateway, type Gateway } from "./gateway.ts";
export type { Overrides } from "./services.ts";
