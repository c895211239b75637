/**
 * A process that shares a database with others, as a gateway does; told by its parent what to do. JavaScript, so that every Node can run it;
 * started by `start-processes.ts`, which says what its messages are.
 */
const { module, url, name, leaseMs } = JSON.parse(process.argv[2] ?? "");

const stores = await import(module).then(({ openPostgresStores }) =>
  openPostgresStores({
    url,
    log: { error() {}, warn() {}, info() {} },
    now: () => performance.now(),
    startTimer(milliseconds, expire) {
      const timer = setTimeout(() => expire(), milliseconds);
      return () => clearTimeout(timer);
    },
    storedResponses: 10,
    ledgerDays: 1,
    onFailure: "refuse",
    leaseMs,
  }),
);

let last = 0;

/** What a request costs stands at the end of its id, so that the database's own list of what was settled can be added up. */
function request(limits, amount) {
  last += 1;
  const tokens = 1 + ((last * 7919) % (2 * Number(amount)));
  const takes = limits.map((limit) => ({ limit, amount: limit.kind === "concurrency" ? 1 : amount }));
  return { tokens, reservation: { id: [name, last, tokens].join("-"), keys: [], takes } };
}

/** Reserves for many at once; answers with how many pass. */
async function reserve({ limits, amount, count }) {
  const all = Array.from({ length: count }, () => stores.limits.reserve(request(limits, amount).reservation));
  const refusals = await Promise.all(all);
  return refusals.filter((refusal) => refusal === undefined).length;
}

/** Works like a gateway with so many clients; answers with what it has settled. */
async function work({ limits, amount, clients, turns }) {
  let settled = 0;
  let passed = 0;
  async function client() {
    for (let turn = 0; turn < turns; turn += 1) {
      const { reservation, tokens } = request(limits, amount);
      if ((await stores.limits.reserve(reservation)) !== undefined) continue;
      passed += 1;
      settled += tokens;
      stores.limits.settle(reservation.id, { tokens, nanoUsd: 0 });
      // As when a client leaves while its answer ends: told twice, at once or when it is long over.
      if (passed % 10 === 0) stores.limits.settle(reservation.id, { tokens: 1_000_000, nanoUsd: 0 });
      if (passed % 10 === 5) {
        await stores.limits.flush();
        stores.limits.settle(reservation.id, { tokens: 1_000_000, nanoUsd: 0 });
      }
    }
  }
  await Promise.all(Array.from({ length: clients }, client));
  await stores.limits.flush();
  return settled;
}

const deeds = { reserve, work, close: () => stores.close() };

async function perform(message) {
  const answer = await deeds[message.deed](message);
  process.send({ answer });
  if (message.deed === "close") process.disconnect();
}

process.on("message", (message) => void perform(message));
process.send({ answer: "ready" });
