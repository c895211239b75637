import { type Chat, titleOf } from "./chat.ts";

/** What a list of chats shows of one. */
export interface ChatHead {
  readonly id: string;
  readonly title: string;
  readonly at: number;
  /** About how large it is. */
  readonly bytes: number;
}

/** So many chats are kept, and so much of them; those that were said last. */
const mostChats = 100;
const mostBytes = 50_000_000;

/** The head of a chat. */
export function toHead(chat: Chat): ChatHead {
  return { id: chat.id, title: titleOf(chat), at: chat.at, bytes: JSON.stringify(chat).length };
}

/** The newest first. */
export function sortHeads(heads: readonly ChatHead[]): readonly ChatHead[] {
  return [...heads].sort((one, other) => other.at - one.at);
}

/** Those that there is no more room for; never the newest. */
export function findSurplus(heads: readonly ChatHead[]): readonly ChatHead[] {
  let bytes = 0;
  return sortHeads(heads).filter((head, index) => {
    bytes += head.bytes;
    return index > 0 && (index >= mostChats || bytes > mostBytes);
  });
}

/** Those of the day of `now`, in the reader's zone, and those before. */
export function groupHeads(
  heads: readonly ChatHead[],
  now: number,
): { readonly today: readonly ChatHead[]; readonly earlier: readonly ChatHead[] } {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const sorted = sortHeads(heads);
  return {
    today: sorted.filter(({ at }) => at >= midnight),
    earlier: sorted.filter(({ at }) => at < midnight),
  };
}
