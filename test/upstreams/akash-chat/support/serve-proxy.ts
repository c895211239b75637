import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";

/** A proxy that tunnels every host to one server and remembers who asked for what. */
export async function serveProxy(target: string) {
  const asked: { readonly host: string; readonly authorization: string | undefined }[] = [];
  const port = Number(new URL(target).port);
  const proxy = createServer((_request, response) => response.writeHead(405).end());
  proxy.on("connect", (request, socket) => {
    asked.push({ host: request.url ?? "", authorization: request.headers["proxy-authorization"] });
    if (request.headers["proxy-authorization"] === undefined) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      return;
    }
    const tunnel = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      tunnel.pipe(socket).pipe(tunnel);
    });
    tunnel.on("error", () => socket.destroy());
    socket.on("error", () => tunnel.destroy());
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  const address = proxy.address() as AddressInfo;
  return {
    asked,
    urlFor: (login: string) => `http://${login}127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      proxy.closeAllConnections();
      proxy.close();
      await once(proxy, "close");
    },
  };
}
