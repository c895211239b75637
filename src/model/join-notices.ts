import type { Notices } from "./notices.ts";

/** One to publish to and to hear from all of these; `undefined` if there is none. */
export function joinNotices(all: readonly (Notices | undefined)[]): Notices | undefined {
  const given = all.filter((one) => one !== undefined);
  if (given.length < 2) return given[0];
  return {
    publish: (notice) => given.forEach((one) => one.publish(notice)),
    subscribe(kind, take) {
      const ends = given.map((one) => one.subscribe(kind, take));
      return () => ends.forEach((end) => end());
    },
  };
}
