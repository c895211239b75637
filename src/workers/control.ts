import { ConfigError } from "../config.ts";
import type { Channel } from "../stream/channel.ts";

/** What a worker is started with. */
export interface WorkerStart {
  /** Which of the workers it is: 1 and up. One that takes the place of another has its number. */
  readonly worker: number;
  /** What `${NAME}` in the configuration file stands for, and the settings. */
  readonly environment: Readonly<Record<string, string>>;
  /** The gateway's secret. */
  readonly secret: string;
  /** Of all its workers, unique for all time. */
  readonly gateway: string;
}

/** Why a worker could not start, for whoever started the gateway. */
export interface WorkerFailure {
  readonly name: string;
  readonly message: string;
  /** Of a `ConfigError`. */
  readonly problems?: readonly string[];
  /** Of the operating system, with what it says of it. */
  readonly code?: string;
  readonly syscall?: string;
  readonly port?: number;
}

/**
 * What a worker is told: to start; that all of them have, and it is to welcome whoever is at the terminal; to make room for its successor;
 * to stop.
 */
export type ToWorker = { readonly start: WorkerStart } | { readonly do: "welcome" | "retire" | "stop" };

/**
 * What a worker tells: that it can be spoken to, since Node 20 loses what comes before; that it listens, where, and whether anybody may ask, or
 * that it could not start; that it stops, and how many answers it waits for.
 */
export type FromWorker =
  | { readonly ready: true }
  | { readonly listening: string; readonly isOpen: boolean }
  | { readonly failed: WorkerFailure }
  | { readonly stopping: number };

/** Tells the worker at the other end. */
export function tellWorker(channel: Channel, message: ToWorker): void {
  channel.send(message);
}

/** Tells the process that started this one. */
export function tellPrimary(channel: Channel, message: FromWorker): void {
  channel.send(message);
}

/** The failure as it crosses. */
export function toWorkerFailure(error: unknown): WorkerFailure {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const of = (name: string): unknown => Reflect.get(error, name);
  const [code, syscall, port] = [of("code"), of("syscall"), of("port")];
  return {
    name: error.name,
    message: error.message,
    ...(error instanceof ConfigError ? { problems: error.problems } : {}),
    ...(typeof code === "string" ? { code } : {}),
    ...(typeof syscall === "string" ? { syscall } : {}),
    ...(typeof port === "number" ? { port } : {}),
  };
}

/** And as an error again. */
export function fromWorkerFailure({ name, message, problems, ...rest }: WorkerFailure): Error {
  if (problems !== undefined) return new ConfigError(problems);
  const error = Object.assign(new Error(message), rest);
  error.name = name;
  // Its stack would tell of this process.
  error.stack = `${name}: ${message}`;
  return error;
}
