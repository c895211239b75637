import { get } from "../../../support/post.ts";
import type { Stack } from "../../../support/start-stack.ts";
import { always, deltas, eachTime, type Fault, type Faults, htmlPage, http, listPath } from "./fault.ts";

const list = (body: object): Fault => always(listPath, { kind: "http", status: 200, body });

const fetchList = async ({ url }: Stack): Promise<void> => void (await get(`${url}/v1/models`));

/** There is a list already, but it is old. */
const old: Fault = { before: fetchList, env: { MODELS_CACHE_MS: "0" } };

/** The list of models, which is looked at before a model is asked. */
export const modelListFaults: Faults = {
  "the list does not come": { ...always(listPath, { kind: "hang" }), silent: true },
  "the list's connection is closed": always(listPath, { kind: "refuse" }),
  "the list answers an empty 500": always(listPath, { kind: "empty", status: 500 }),
  "the list answers 429": always(listPath, http(429, { error: "Too many" })),
  "the list is behind a challenge": always(listPath, { kind: "html" }),
  "the list is a page (200)": always(listPath, htmlPage(200)),
  "the list is no JSON": always(listPath, http(200, "[{")),
  "the list breaks off": always(listPath, {
    kind: "wire",
    bytes: 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n[{"id":',
  }),
  "the list is empty": list([]),
  "the list is empty, and so is the full one": {
    chat: [{ text: deltas }],
    elsewhere: {
      ...eachTime(listPath, { kind: "http", status: 200, body: [] }),
      ...eachTime(`${listPath}/all`, { kind: "http", status: 200, body: { models: [] } }),
    },
  },
  "an old list can't be renewed": { ...always(listPath, http(500, { error: "No" })), ...old },
  "an old list is not renewed in time": { ...always(listPath, { kind: "hang" }), ...old, silent: true },
  "the list has the back end's own names": {
    chat: [{ text: deltas }],
    before: async ({ simulator }) => simulator.setDatabase("down"),
  },
  "the list has no model but AkashGen": list([{ id: "AkashGen", model_id: "AkashGen", available: true }]),
  "the model came after the list was fetched": {
    simulator: { models: [{ id: "Kimi-K2-Instruct" }] },
    chat: [{ text: deltas }],
    early: true,
    lasting: true,
    async before(stack) {
      await fetchList(stack);
      stack.simulator.setModels([{ id: "Kimi-K2-Instruct" }, { id: "DeepSeek-V3.2" }]);
    },
  },
  "the model is not on the list": { model: "no-such-model", early: true },
};
