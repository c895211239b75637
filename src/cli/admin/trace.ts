import { z } from "zod";

import type { Config } from "../../config.ts";
import { createPaint, hasColours } from "../../pretty/create-paint.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { openAdminApi } from "./ask-admin.ts";
import { describeTrace } from "./describe-trace.ts";
import { traceObject } from "./trace-object.ts";

/** Options of `trace`. */
export interface TraceOptions {
  readonly url?: string;
  readonly json?: boolean;
}

/**
 * Prints the trace of a request, by its id or that of the trace: for people, or as the JSON file of a bug report. Throws `UsageError` where
 * there is none.
 */
export async function showTrace(
  config: Config,
  id: string,
  options: TraceOptions,
  terminal: Terminal,
): Promise<void> {
  const { output, environment } = terminal;
  // As of a script's variable that is not set: it would be the list.
  if (id.trim() === "") throw new UsageError("Name a request by its id, which answers have as x-request-id.");
  const api = openAdminApi(config, options.url, terminal);
  const path = `/traces/${encodeURIComponent(id)}`;
  if (options.json === true) {
    const trace = await api.ask({ method: "GET", path }, z.looseObject({ object: z.literal("trace") }));
    output.write(`${JSON.stringify(trace, undefined, 2)}\n`);
    return;
  }
  const trace = await api.ask({ method: "GET", path }, traceObject);
  const paint = createPaint(hasColours(output.isTTY === true, environment));
  output.write(describeTrace(trace, paint));
}
