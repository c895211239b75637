import { spawn, execFileSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import { copyBinaries } from "./find-binaries.ts";

/** A server of its own, from npm. */
export interface PostgresServer {
  readonly port: number;
  /** The address of a database of it, with the password in it. */
  url(database: string, port?: number): string;
  /** Ends it: `immediate` as if it had crashed, `fast` as an operator does. */
  stop(how: "immediate" | "fast"): Promise<void>;
  /** Starts it again on the same port, with what it had. */
  start(): Promise<void>;
  /** Ends it and removes all of it. */
  close(): Promise<void>;
}

/** What no log and no error may show. */
export const postgresPassword = "planted-password-6Fz";

/**
 * Ends the server as the line on its input says; where the input ends without one, as it does in whatever way the process of the tests
 * ends, it also removes the server's folder. `$0` is that folder, the rest the server's command.
 */
const guard = `trap '' INT TERM
"$@" &
how=
read -r how
case $how in
  fast) kill -INT $! ;;
  *) kill -QUIT $! ;;
esac
wait
test -n "$how" || rm -rf "$0"`;

/** PostgreSQL refuses to run as root. */
function findUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  // Exists wherever root does, owns nothing, and has a name, which initdb wants.
  return { uid: askId("-u"), gid: askId("-g") };
}

function askId(kind: "-u" | "-g"): number {
  return Number(execFileSync("id", [kind, "nobody"], { encoding: "utf8" }));
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Resolves when the server takes connections; rejects with what it said when it ends instead. */
async function waitUntilReady(child: ChildProcess): Promise<void> {
  const { stderr } = child;
  if (stderr === null) throw new Error("stderr is a pipe");
  let said = "";
  await new Promise<void>((resolve, reject) => {
    stderr.on("data", (chunk: Buffer) => {
      if (said.length > 10_000) return;
      said += chunk.toString();
      if (said.includes("ready to accept connections")) resolve();
      // Who asks too early is told that the database system is starting, which is no failure of it.
      else if (/FATAL:(?! +the database system is)/.test(said))
        reject(new Error(`PostgreSQL did not start: ${said}`));
    });
    child.on("exit", () => reject(new Error(`PostgreSQL ended: ${said}`)));
  });
}

/** The certificate of a server with TLS: of `localhost`, by itself. */
export const certificateFile = fileURLToPath(
  new URL("../../fixtures/postgres/server-certificate.pem", import.meta.url),
);
const keyFile = fileURLToPath(new URL("../../fixtures/postgres/server-key.pem", import.meta.url));

/** Starts a new server, empty but for the database `postgres`. Takes about two seconds. */
export async function startPostgres({ tls = false } = {}): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), "postgres-"));
  try {
    return await startIn(folder, tls);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(folder: string, tls: boolean): Promise<PostgresServer> {
  const user = findUser();
  await chmod(folder, 0o755);
  const { initdb, postgres } = await copyBinaries(join(folder, "server"));
  const data = join(folder, "own/data");
  const passwordFile = join(folder, "own/password");
  await mkdir(join(folder, "own"), { mode: 0o700 });
  await writeFile(passwordFile, postgresPassword);
  // The server wants nobody else to be able to read its key.
  const key = join(folder, "own/key.pem");
  const certificate = join(folder, "own/certificate.pem");
  if (tls) {
    await writeFile(key, await readFile(keyFile), { mode: 0o600 });
    await writeFile(certificate, await readFile(certificateFile));
  }
  if (user !== undefined) execFileSync("chown", ["-R", `${user.uid}:${user.gid}`, folder]);
  const environment = { PATH: process.env["PATH"], LC_ALL: "C" };
  const options = { ...user, cwd: folder, env: environment };
  const init = spawn(
    initdb,
    [
      `--pgdata=${data}`,
      "--username=operator",
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      // Thousands of rounds make a password hard to guess, and each log-in of a test slow.
      "--set=scram_iterations=1",
      "--encoding=UTF8",
      "--no-sync",
      "--no-instructions",
    ],
    { ...options, stdio: ["ignore", "ignore", "pipe"] },
  );
  const [said, [code]] = await Promise.all([text(init.stderr), once(init, "exit")]);
  if (code !== 0) throw new Error(`initdb failed: ${said}`);

  const port = await findPort();
  const command = [postgres, "-D", data, "-p", String(port), "-c", "listen_addresses=127.0.0.1"];
  // Nothing here outlives a crash of the machine; its own crashes it survives all the same.
  const settings = [
    "unix_socket_directories=",
    "fsync=off",
    "max_connections=200",
    "shared_buffers=64MB",
    ...(tls ? ["ssl=on", `ssl_key_file=${key}`, `ssl_cert_file=${certificate}`] : []),
  ];
  let server: ChildProcess | undefined;

  async function start(): Promise<void> {
    const all = [...command, ...settings.flatMap((setting) => ["-c", setting])];
    server = spawn("sh", ["-c", guard, folder, ...all], { ...options, stdio: ["pipe", "ignore", "pipe"] });
    await waitUntilReady(server);
  }

  async function end(how: string): Promise<void> {
    if (server === undefined) return;
    const ended = once(server, "exit");
    server.stdin?.end(how);
    server = undefined;
    await ended;
  }

  await start();
  return {
    port,
    url: (database, at = port) => `postgres://operator:${postgresPassword}@127.0.0.1:${at}/${database}`,
    start,
    stop: (how) => end(`${how}\n`),
    async close() {
      await end("");
      await rm(folder, { recursive: true, force: true });
    },
  };
}
