export { createRouter, type RouterOptions } from "./create-router.ts";
export type { RestListener } from "./health.ts";
export { RouteError } from "./route-error.ts";
export type { Catalogue, OwnName, Router, RouteOptions } from "./router.ts";
export { createRestLog } from "./create-rest-log.ts";
