import { randomUUID } from "node:crypto";

import { readConfig } from "../../config.ts";
import { createGateway, type Gateway } from "../../gateway.ts";
import { createLog } from "../../log.ts";
import { createPaint, hasColours } from "../../pretty/create-paint.ts";
import { openStores } from "../../store/open-stores.ts";
import { connectStores } from "../../store/remote/connect-stores.ts";
import type { Stores } from "../../store/stores.ts";
import type { Channel } from "../../stream/channel.ts";
import { type ToWorker, tellPrimary, toWorkerFailure, type WorkerStart } from "../../workers/control.ts";
import { createLink, type Link } from "../../workers/create-link.ts";
import { createNotices } from "../../workers/create-notices.ts";
import { createSurvey } from "../../workers/create-survey.ts";
import { showBanner } from "../banner.ts";
import { guardProcess } from "../guard-process.ts";
import { prepareForRequests } from "../prepare-for-requests.ts";
import { tuneEngine } from "../tune-engine.ts";

/** How long clients have to end connections that they keep, in ms; what is under way has longer. */
const drainMs = 10_000;

/**
 * Serves requests as one of the processes of a gateway, and does what the one that started it says over `channel`. Signals mean
 * nothing here: a terminal and a service manager send them to all processes, and that one decides what comes of them.
 */
export function runWorker(channel: Channel): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
  const link = createLink(channel);
  const control = link.lane("control");
  let starting: Promise<Started> | undefined;

  async function end(drains: boolean): Promise<void> {
    if (starting === undefined) return;
    const { worker, gateway, leave } = await starting;
    try {
      if (drains) await gateway.drain(drainMs);
      else tellPrimary(control, { stopping: gateway.running() });
      await gateway.close();
      await leave();
    } catch (error) {
      gateway.log.error({ err: error }, `worker ${worker} could not end as it should`);
      process.exit(1);
    }
    process.exit(0);
  }

  function take(message: ToWorker): void {
    if ("start" in message) {
      starting = start(message.start, link);
      starting.catch((error: unknown) => {
        tellPrimary(control, { failed: toWorkerFailure(error) });
        process.exitCode = 1;
        // In the next turn, when that is sent.
        setImmediate(() => setImmediate(() => process.exit()));
      });
    } else if (message.do === "welcome") void starting?.then(welcome);
    else void end(message.do === "retire");
  }

  control.onMessage((message) => take(message as ToWorker));
  tellPrimary(control, { ready: true });
}

interface Started {
  readonly worker: number;
  readonly gateway: Gateway;
  /** Its base URL. */
  readonly url: string;
  /** Leaves to the others what counts on. */
  readonly leave: () => Promise<void>;
}

async function start(
  { worker, environment, secret, gateway: id }: WorkerStart,
  link: Link,
): Promise<Started> {
  tuneEngine();
  const config = readConfig(environment);
  const log = await createLog(config, undefined, undefined, { worker });
  guardProcess(log);
  const remote = await connect(link);
  // With a database that all share each process has its own connections to it, and the secret is there. Traces are in no database.
  const own =
    config.DATABASE_URL === undefined
      ? { stores: remote, secret }
      : {
          stores: {
            ...(await openStores(config, { log, now: Date.now, gateway: id })),
            traces: remote.traces,
          },
        };
  const notices = createNotices(link.lane("notices"), Date.now);
  const survey = createSurvey(link.lane("survey"));
  const gateway = await createGateway(config, {
    log,
    environment,
    notices,
    survey,
    ...own,
  });
  const url = await gateway.listen();
  prepareForRequests(gateway.app.server, log);
  tellPrimary(link.lane("control"), { listening: url, isOpen: gateway.services.access.isOpen });
  return {
    worker,
    gateway,
    url,
    async leave() {
      await survey.leave();
      // The answer comes when that has come.
      await remote.limits.flush();
    },
  };
}

/** The stores of the process that started this one. */
async function connect(link: Link): Promise<Stores> {
  const stores = connectStores(link.lane("stores"), { now: Date.now, process: randomUUID() });
  await stores.ready;
  return stores;
}

/** Welcomes whoever is at the terminal, for all workers. */
function welcome({ gateway, url }: Started): void {
  const paint = createPaint(hasColours(true, process.env));
  showBanner({ gateway, config: gateway.services.config, url, kind: "gateway" }, process.stdout, paint);
}
