/** Starts `@musistudio/llms`, which is a library, as a process. Arguments: where it is installed, port, upstream. */
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder = "", port = "", upstream = ""] = process.argv.slice(2);
// Its ES module can't be loaded by Node.
const loaded: unknown = createRequire(join(folder, "package.json"))("@musistudio/llms");
const { default: Server } = loaded as { default: new (options: object) => { start(): Promise<void> } };
const provider = {
  name: "bench",
  api_base_url: `${upstream}/v1/chat/completions`,
  api_key: "bench",
  models: ["bench"],
};
const server = new Server({
  useJsonFile: false,
  useEnvFile: false,
  logger: false,
  initialConfig: { providers: [provider], HOST: "127.0.0.1", PORT: port },
});
await server.start();
console.log(`listens on ${port}`);
