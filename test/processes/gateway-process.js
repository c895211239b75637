/**
 * A gateway in a process of its own, on a database that it shares. JavaScript, so that every Node can run it; started by
 * `start-gateway-process.ts`, which gives it its settings and is told its address.
 */
const { modules, url, settings } = JSON.parse(process.argv[2] ?? "");
const { openPostgresStores } = await import(modules.stores);
const { createGateway } = await import(modules.gateway);
const { readConfig } = await import(modules.config);

function startTimer(milliseconds, expire) {
  const timer = setTimeout(() => expire(), milliseconds);
  return () => clearTimeout(timer);
}

const stores = await openPostgresStores({
  url,
  log: { error() {}, warn() {}, info() {} },
  now: Date.now,
  startTimer,
  storedResponses: 100,
  ledgerDays: 1,
  onFailure: "refuse",
});
const gateway = await createGateway(readConfig(settings), {
  store: stores.responses,
  sharedRuns: { runs: stores.runs, process: stores.owner, startTimer },
});
const address = await gateway.listen();

async function close() {
  await gateway.close();
  await stores.close();
  process.disconnect();
}

process.on("message", () => void close());
process.send(address);
