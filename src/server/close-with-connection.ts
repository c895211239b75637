import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Responses that wait on their connection for the answers to earlier requests. */
const queues = new WeakMap<Socket, Set<ServerResponse>>();

/**
 * Makes a response that waits for its turn (the client sent requests without waiting for answers) close with its
 * connection, as one whose turn it is does. Node 24 and newer do so themselves; 20 and 22 only forget such a response,
 * and whatever waits for its `close` would wait for ever. One listener for each connection, however many wait.
 */
export function closeWithConnection(socket: Socket, response: ServerResponse): void {
  if (response.socket !== null) return;
  const queue = queues.get(socket) ?? watch(socket);
  queue.add(response);
  response.once("close", () => queue.delete(response));
}

function watch(socket: Socket): Set<ServerResponse> {
  const queue = new Set<ServerResponse>();
  queues.set(socket, queue);
  socket.once("close", () => {
    // By the next tick those have closed for which Node cares.
    process.nextTick(() => {
      for (const response of queue) {
        response.destroy();
        response.emit("close");
      }
    });
  });
  return queue;
}
