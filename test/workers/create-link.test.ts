import { expect, test } from "vitest";

import { createLink } from "../../src/workers/create-link.ts";
import { createChannelPair, createLinkPair } from "../support/link-pair.ts";

test("what one turn sends is sent together, and each lane gets its own, in order", async () => {
  const { ends } = createChannelPair();
  const crossings: unknown[] = [];
  const here = createLink({ ...ends[0], send: (batch) => void crossings.push(batch) });
  here.lane("a").send(1);
  here.lane("b").send({ two: 2 });
  here.lane("a").send("three");
  await new Promise(setImmediate);
  here.lane("a").send(4);
  await new Promise(setImmediate);
  expect(crossings).toEqual([
    ["a", 1, "b", { two: 2 }, "a", "three"],
    ["a", 4],
  ]);
});

test("who listens late hears all that came before", async () => {
  const { links } = createLinkPair();
  const heard: unknown[] = [];
  links[0].lane("a").send(1);
  links[0].lane("a").send(2);
  const arrived = new Promise((resolve) => links[1].lane("end").onMessage(resolve));
  links[0].lane("end").send("end");
  await arrived;
  links[1].lane("a").onMessage((message) => void heard.push(message));
  expect(heard).toEqual([1, 2]);
});

test("each lane is told of the end, also one that asks after it, and what is sent then goes nowhere", async () => {
  const pair = createLinkPair();
  const [here] = pair.links;
  const early = new Promise<void>((resolve) => here.lane("a").onClose(resolve));
  pair.close();
  await early;
  await new Promise<void>((resolve) => here.lane("b").onClose(resolve));
  here.lane("a").send("nothing");
});
