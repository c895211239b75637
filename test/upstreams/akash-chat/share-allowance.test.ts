import { expect, test } from "vitest";

import type { Notice } from "../../../src/model/notices.ts";
import { shareAllowance } from "../../../src/upstreams/akash-chat/share-allowance.ts";
import type { UsageStatus } from "../../../src/upstreams/akash-chat/usage-status.ts";

const status: UsageStatus = { usedPercent: 100, blocked: true, authenticated: false, resetsAt: 5000 };

function setUp(identity: string) {
  const published: Notice[] = [];
  const heard: UsageStatus[] = [];
  let give: ((notice: Notice) => void) | undefined;
  const shared = shareAllowance(
    {
      publish: (notice) => void published.push(JSON.parse(JSON.stringify(notice))),
      subscribe(_kind, take) {
        give = take;
        return () => {};
      },
    },
    identity,
    () => 1000,
  );
  shared.subscribe((one) => void heard.push(one));
  return { shared, published, heard, give: (notice: Notice) => give?.(notice) };
}

test("those of one identity hear it, and when it ends by their own clock", () => {
  const here = setUp("one");
  here.shared.publish(status);
  here.shared.publish({ ...status, resetsAt: undefined });
  expect(here.published.map(({ until }) => until)).toEqual([5000, 31_000]);
  const [first, second] = here.published;
  if (first === undefined || second === undefined) expect.unreachable("two were published");
  const there = setUp("one");
  // Its clock goes an hour behind.
  there.give({ ...first, until: 5000 - 3_600_000 });
  there.give(second);
  expect(there.heard).toEqual([
    { ...status, resetsAt: 5000 - 3_600_000 },
    { ...status, resetsAt: undefined },
  ]);
  const other = setUp("other");
  other.give(first);
  expect(other.heard).toEqual([]);
});

test("what another version says otherwise is left alone", () => {
  const here = setUp("one");
  here.give({ kind: "allowance", key: "one", value: { percent: 7 }, until: 5000 });
  expect(here.heard).toEqual([]);
});
