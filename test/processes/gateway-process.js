/**
 * A gateway in a process of its own, on a database that it shares. JavaScript, so that every Node can run it; started by
 * `start-gateway-process.ts`, which gives it its settings and is told its address.
 */
const { modules, settings } = JSON.parse(process.argv[2] ?? "");
const { createGateway } = await import(modules.gateway);
const { readConfig } = await import(modules.config);

const gateway = await createGateway(readConfig(settings));
const address = await gateway.listen();

async function close() {
  await gateway.close();
  process.disconnect();
}

process.on("message", () => void close());
process.send(address);
