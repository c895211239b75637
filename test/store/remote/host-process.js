/**
 * A process with stores in memory, which it serves: one set for each name in the messages, that goes by the time in them. JavaScript, so that
 * every Node can run it; started by `start-host.ts`, which says what its messages are and where the modules are.
 */
const { root, extension } = JSON.parse(process.argv[2] ?? "");
const load = (name) => import(new URL(`${name}${extension}`, root).href);

const { createStoreHost } = await load("store/remote/create-store-host");
const { createLink } = await load("workers/create-link");
const { createMemoryConversations } = await load("store/memory/memory-conversations");
const { createMemoryKeys } = await load("store/memory/memory-keys");
const { createMemoryLedger } = await load("store/memory/memory-ledger");
const { createMemoryLimits } = await load("store/memory/memory-limits");
const { createMemoryTraces } = await load("store/memory/memory-traces");
const { createMemoryStore } = await load("store/memory-store");

const rooms = new Map();

function openRoom(name, { days = 30, capacity = 10_000 } = {}) {
  const room = { time: 0, take: undefined, end: undefined };
  const channel = {
    send: (batch) => process.send({ name, batch }),
    onMessage(take) {
      room.take = take;
    },
    onClose(end) {
      room.end = end;
    },
  };
  const now = () => room.time;
  const keys = createMemoryKeys();
  const stores = {
    keys,
    limits: createMemoryLimits({ now, isRevoked: (id) => keys.isRevoked(id) }),
    ledger: createMemoryLedger({ now, days, capacity }),
    responses: createMemoryStore(100),
    conversations: createMemoryConversations({ capacity: 100, now }),
    traces: createMemoryTraces(),
    outlives: false,
    async close() {},
  };
  const host = createStoreHost(stores, { log: { error() {} }, startTimer: () => () => {} });
  host.serve(createLink(channel).lane("stores"));
  return room;
}

process.on("message", ({ name, time, settings, batch }) => {
  const room = rooms.get(name) ?? openRoom(name, settings);
  rooms.set(name, room);
  room.time = time;
  if (batch !== undefined) room.take(batch);
  else if (settings === undefined) {
    room.end();
    rooms.delete(name);
  }
});
process.send({ name: "ready" });
