import { computed, signal } from "@preact/signals";

import {
  type AnswerTurn,
  type Chat,
  isRunning,
  type Lane,
  plainSettings,
  type Settings,
  toRest,
  type Turn,
} from "../../domain/chat/chat.ts";
import type { ChatHead } from "../../domain/chat/chat-heads.ts";
import { inBrowser } from "../../state/kept-texts.ts";
import { status } from "../../state/status.ts";
import { forgetChat, forgetChats, keepChat, readChat, readHeads } from "./chat-store.ts";

/** So often a chat is kept while an answer comes, in ms. */
const keepMs = 1500;

/** An id that is nowhere else. Not by `randomUUID`, which a page over plain HTTP does not have. */
export function makeId(): string {
  const parts = crypto.getRandomValues(new Uint32Array(3));
  return [...parts].map((part) => part.toString(36)).join("");
}

/** The chats that are kept. */
export const heads = signal<readonly ChatHead[]>([]);
/** Why this browser keeps none; `undefined`: it does. */
export const keepFailure = signal<string | undefined>(undefined);
/** What is said aloud to those who can't see it. */
export const announced = signal("");

/** Those in use: the one that is shown, and those that are still answered. */
const loaded = signal<Readonly<Record<string, Chat>>>({});
const shownId = signal(makeId());
const lastModel = "akashchat-api.model";

/** The model that a new chat begins with. */
export function findModel(): string {
  const kept = inBrowser.read(lastModel);
  if (kept !== undefined) return kept;
  const chats = status.value?.models.filter(({ kind, alias_of: of }) => kind === "chat" && of === null) ?? [];
  return (chats.find((model) => model.answers_now) ?? chats[0])?.id ?? "auto";
}

/** The chat that is shown. */
export const chat = computed<Chat>(
  () =>
    loaded.value[shownId.value] ?? {
      id: shownId.value,
      title: "",
      at: 0,
      settings: plainSettings,
      lanes: [{ model: findModel(), turns: [] }],
    },
);

/** Whether any of it is still answered. */
export const isBusy = computed(() => chat.value.lanes.some(({ turns }) => isRunning(turns.at(-1))));

const waiting = new Map<string, ReturnType<typeof setTimeout>>();

/** Keeps a chat now. Never rejects. */
async function keepNow(id: string): Promise<void> {
  clearTimeout(waiting.get(id));
  waiting.delete(id);
  const kept = loaded.value[id];
  if (kept === undefined || kept.lanes.every(({ turns }) => turns.length === 0)) return;
  await work(() => keepChat(kept));
}

/** Changes a chat, and keeps it. Chats that are no longer in use stay as they are. */
export function changeChat(id: string, edit: (chat: Chat) => Chat): void {
  const before = loaded.value[id] ?? (id === shownId.value ? chat.value : undefined);
  if (before === undefined) return;
  loaded.value = { ...loaded.value, [id]: edit(before) };
  if (!waiting.has(id))
    waiting.set(
      id,
      setTimeout(() => void keepNow(id), keepMs),
    );
}

/** A chat in use. */
export function findChat(id: string): Chat | undefined {
  return id === shownId.value ? chat.value : loaded.value[id];
}

/** Changes a lane. */
export function changeLane(id: string, place: number, edit: (lane: Lane) => Lane): void {
  changeChat(id, (one) => ({
    ...one,
    lanes: one.lanes.map((lane, index) => (index === place ? edit(lane) : lane)),
  }));
}

/** Changes an answer, wherever in the lane it stands. */
export function changeAnswer(
  id: string,
  place: number,
  answer: string,
  edit: (answer: AnswerTurn) => AnswerTurn,
): void {
  const change = (turn: Turn) => (turn.kind === "answer" && turn.id === answer ? edit(turn) : turn);
  changeLane(id, place, (lane) => ({ ...lane, turns: lane.turns.map(change) }));
}

/** Changes the settings of the chat that is shown. */
export function changeSettings(change: Partial<Settings>): void {
  changeChat(chat.value.id, (one) => ({ ...one, settings: { ...one.settings, ...change } }));
}

/** Gives a lane of the chat that is shown another model. */
export function chooseModel(place: number, model: string): void {
  if (place === 0) inBrowser.keep(lastModel, model);
  changeLane(chat.value.id, place, (lane) => ({ ...lane, model }));
}

/** Puts a second model beside the first, with all that was said so far. Not while an answer comes: that has one place. */
export function startCompare(): void {
  const models =
    status.value?.models.filter(({ kind, alias_of: of }) => kind === "chat" && of === null) ?? [];
  changeChat(chat.value.id, (one) => {
    const [first] = one.lanes;
    if (first === undefined || one.lanes.length > 1) return one;
    const others = models.filter(({ id }) => id !== first.model);
    const model = (others.find((other) => other.answers_now) ?? others[0])?.id ?? first.model;
    return { ...one, lanes: [first, { ...first, model }] };
  });
}

/** Goes on with one model. Not while an answer comes: its place may become another. */
export function endCompare(place: number): void {
  changeChat(chat.value.id, (one) => ({ ...one, lanes: one.lanes.filter((_, index) => index !== place) }));
}

/** Lets go of what is neither shown nor answered, once it is kept. Never rejects. */
async function release(id: string): Promise<void> {
  const left = loaded.value[id];
  if (left === undefined || left.lanes.some(({ turns }) => isRunning(turns.at(-1)))) return;
  await keepNow(id);
  if (id === shownId.value || keepFailure.value !== undefined) return;
  const { [id]: _, ...rest } = loaded.value;
  loaded.value = rest;
}

/** Shows a new chat. */
export function startChat(): void {
  const before = shownId.value;
  shownId.value = makeId();
  void release(before);
}

/** Shows a new chat that has begun elsewhere, and keeps it. */
export function showChat(begun: Pick<Chat, "settings" | "lanes">): string {
  const [id, before] = [makeId(), shownId.value];
  loaded.value = { ...loaded.value, [id]: { id, title: "", at: Date.now(), ...begun } };
  shownId.value = id;
  void release(before);
  void keepNow(id);
  return id;
}

/** Does something with what is kept, and reads the list anew. Never rejects: the list says why something can't be done. */
async function work(act: () => Promise<void>): Promise<void> {
  try {
    await act();
    heads.value = await readHeads();
    keepFailure.value = undefined;
  } catch (error) {
    keepFailure.value = error instanceof Error ? error.message : String(error);
  }
}

/** Shows a chat that is kept. */
export function openChat(id: string): Promise<void> {
  return work(() => show(id));
}

async function show(id: string): Promise<void> {
  const before = shownId.value;
  if (loaded.value[id] === undefined) {
    const kept = await readChat(id);
    if (kept === undefined) return;
    loaded.value = { ...loaded.value, [id]: toRest(kept) };
  }
  shownId.value = id;
  if (before !== id) void release(before);
}

/** What is done when an answer is over: its chat is kept. */
export async function settleChat(id: string): Promise<void> {
  await keepNow(id);
  if (id !== shownId.value) await release(id);
}

/** Gives a chat a name of its own. */
export function renameChat(id: string, title: string): Promise<void> {
  return work(async () => {
    const kept = loaded.value[id] ?? (await readChat(id));
    if (kept === undefined) return;
    const named = { ...kept, title: title.trim() };
    if (loaded.value[id] !== undefined) loaded.value = { ...loaded.value, [id]: named };
    await keepChat(named);
  });
}

/** Deletes a chat for good. */
export function deleteChat(id: string): Promise<void> {
  clearTimeout(waiting.get(id));
  waiting.delete(id);
  const { [id]: _, ...rest } = loaded.value;
  loaded.value = rest;
  if (id === shownId.value) shownId.value = makeId();
  return work(() => forgetChat(id));
}

/** Those in use, which may be answered still. */
export function listLoaded(): readonly Chat[] {
  return Object.values(loaded.value);
}

/** Deletes all of them. */
export function deleteChats(): Promise<void> {
  for (const timer of waiting.values()) clearTimeout(timer);
  waiting.clear();
  loaded.value = {};
  shownId.value = makeId();
  return work(forgetChats);
}

/** Reads which chats are kept. */
export function readList(): Promise<void> {
  return work(() => Promise.resolve());
}
