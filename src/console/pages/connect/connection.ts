import { computed, signal } from "@preact/signals";

import type { StatusObject } from "../../api/types.ts";
import { access } from "../../state/access.ts";
import { now } from "../../state/clock.ts";
import { route } from "../../state/route.ts";
import { onOtherToken, token } from "../../state/token.ts";
import { keys, made } from "../keys/key-state.ts";
import { guides } from "./clients/index.ts";
import { type Connection, toValues } from "./connection-values.ts";
import type { Guide } from "./guide.ts";
import { findUsual, listKeyChoices, type KeyChoice, toKeyValue } from "./key-choices.ts";
import { readAddress } from "./read-address.ts";

/** What was typed and chosen on this page; nothing of it is kept. `undefined`: nothing yet. */
export const typedAddress = signal<string | undefined>(undefined);
export const chosenKey = signal<string | undefined>(undefined);
export const chosenModel = signal<string | undefined>(undefined);
/** A key that was pasted. */
export const pasted = signal("");
onOtherToken(() => {
  chosenKey.value = undefined;
  pasted.value = "";
});

/** The client that the address of the page names, else the first. */
export const guide = computed((): Guide => {
  const id = route.value.query.get("client");
  const [first, ...others] = guides;
  if (first === undefined) throw new Error("There is no client.");
  return others.find((one) => one.id === id) ?? first;
});

/** The keys that can be chosen. */
export const keyChoices = computed((): readonly KeyChoice[] => {
  if (access.value === undefined) return [];
  return listKeyChoices({
    access: access.value,
    token: token.value,
    keys: keys.value.kind === "known" ? keys.value.keys : [],
    made: made.value,
    pasted: pasted.value,
    now: now.peek(),
  });
});

/** The one that is. */
export const keyChoice = computed(
  () =>
    keyChoices.value.find(({ id }) => id === chosenKey.value) ??
    findUsual(keyChoices.value, guide.value.id) ?? { id: "paste", secret: "" },
);

/** Models that write. */
export function listChats({ models }: StatusObject): StatusObject["models"] {
  return models.filter(({ kind, alias_of: aliasOf }) => kind === "chat" && aliasOf === null);
}

/** The model that is chosen, else the first that answers now. */
export function findModel(gateway: StatusObject): StatusObject["models"][number] | undefined {
  const chats = listChats(gateway);
  return (
    chats.find(({ id }) => id === chosenModel.value) ?? chats.find((model) => model.answers_now) ?? chats[0]
  );
}

/** The address as it is filled in; what is no address is not. */
export function findAddress({ base_url: usual }: StatusObject): string {
  return readAddress(typedAddress.value ?? usual) ?? usual;
}

/** What the settings are filled with. */
export function toConnection(gateway: StatusObject): Connection {
  const model = findModel(gateway);
  return {
    url: findAddress(gateway),
    key: toKeyValue(keyChoice.value),
    model: { id: model?.id ?? "auto", context: model?.context_length ?? undefined },
    imageModel: gateway.models.find(({ kind, alias_of: of }) => kind === "image" && of === null)?.id,
    isAkashChat: gateway.upstreams.some(({ type }) => type === "akash-chat"),
  };
}

/** The same, as places are filled. */
export const valuesOf = (gateway: StatusObject) => toValues(toConnection(gateway));
