import type { Chat } from "../../domain/chat/chat.ts";
import { type ChatHead, findSurplus, toHead } from "../../domain/chat/chat-heads.ts";
import { readStoredChat, readStoredHead } from "../../domain/chat/read-stored.ts";

/** Chats are kept in this browser's IndexedDB: `heads` for the list, `chats` whole. They go nowhere else. */
const databaseName = "akashchat-api.playground";

function settle<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("IndexedDB failed.")));
  });
}

let opening: Promise<IDBDatabase> | undefined;

function openDatabase(): Promise<IDBDatabase> {
  opening ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(databaseName, 1);
    request.addEventListener("upgradeneeded", () => {
      request.result.createObjectStore("heads", { keyPath: "id" });
      request.result.createObjectStore("chats", { keyPath: "id" });
    });
    settle(request).then(resolve, reject);
  }).catch((error: unknown) => {
    opening = undefined;
    throw error;
  });
  return opening;
}

/** What `work` does is done whole or not at all. */
async function change(work: (heads: IDBObjectStore, chats: IDBObjectStore) => void): Promise<void> {
  const database = await openDatabase();
  const transaction = database.transaction(["heads", "chats"], "readwrite");
  await new Promise<void>((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve());
    transaction.addEventListener("abort", () => reject(transaction.error ?? new Error("IndexedDB failed.")));
    work(transaction.objectStore("heads"), transaction.objectStore("chats"));
  });
}

/** What there is. Rejects where the browser keeps nothing. */
export async function readHeads(): Promise<readonly ChatHead[]> {
  const database = await openDatabase();
  const kept = await settle<unknown[]>(database.transaction("heads").objectStore("heads").getAll());
  return kept.map(readStoredHead).filter((head) => head !== undefined);
}

/** A chat; `undefined`: it is gone, or was written by nobody who knows how. */
export async function readChat(id: string): Promise<Chat | undefined> {
  const database = await openDatabase();
  return readStoredChat(await settle<unknown>(database.transaction("chats").objectStore("chats").get(id)));
}

/** All of them as they are kept, to be taken along. */
export async function readChats(): Promise<readonly unknown[]> {
  const database = await openDatabase();
  return settle<unknown[]>(database.transaction("chats").objectStore("chats").getAll());
}

/** Keeps a chat, in the place of the oldest where there is no more room. */
export async function keepChat(chat: Chat): Promise<void> {
  const head = toHead(chat);
  const others = (await readHeads()).filter(({ id }) => id !== chat.id);
  const surplus = findSurplus([...others, head]);
  await change((heads, chats) => {
    heads.put(head);
    chats.put(chat);
    for (const { id } of surplus) {
      heads.delete(id);
      chats.delete(id);
    }
  });
}

/** Forgets one. */
export function forgetChat(id: string): Promise<void> {
  return change((heads, chats) => {
    heads.delete(id);
    chats.delete(id);
  });
}

/** Forgets all. */
export function forgetChats(): Promise<void> {
  return change((heads, chats) => {
    heads.clear();
    chats.clear();
  });
}
