import { parseArgs } from "node:util";

/** What the command line says. */
export interface Options {
  /** Ids of scenarios; empty: all. */
  readonly only: readonly string[];
  readonly rounds: number;
  readonly short: boolean;
  /** Builds of the gateway. */
  readonly gateways: readonly string[];
  readonly peers: boolean;
  /** Also with all switched on, whatever else is measured. */
  readonly allOn: boolean;
  /** The CPU of the main thread alone, in place of that of the process. */
  readonly mainThread: boolean;
  readonly json: string | undefined;
  readonly svg: string | undefined;
  readonly table: string | undefined;
  readonly writeDocs: boolean;
}

/** Reads the command line. Throws for an option that there is not, and for ids that are not in `known`. */
export function readOptions(args: readonly string[], known: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", multiple: true, default: [] },
      rounds: { type: "string", default: "5" },
      short: { type: "boolean", default: false },
      gateway: { type: "string", multiple: true, default: [] },
      peers: { type: "boolean", default: false },
      "all-on": { type: "boolean", default: false },
      "main-thread": { type: "boolean", default: false },
      json: { type: "string" },
      svg: { type: "string" },
      table: { type: "string" },
      "write-docs": { type: "boolean", default: false },
    },
  });
  const only = values.only.flatMap((list) => list.split(",")).filter((id) => id !== "");
  const wrong = only.filter((id) => !known.includes(id));
  if (wrong.length > 0) throw new Error(`--only: no ${wrong.join(", ")}; there are ${known.join(", ")}`);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds: a whole number, 1 or more");
  return {
    only,
    rounds,
    short: values.short,
    gateways: values.gateway.length === 0 ? ["dist/main.js"] : values.gateway,
    peers: values.peers,
    allOn: values["all-on"],
    mainThread: values["main-thread"],
    json: values.json,
    svg: values.svg,
    table: values.table,
    writeDocs: values["write-docs"],
  };
}
