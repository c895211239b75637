import type { Caller } from "../terminal.ts";
import type { Size, Target } from "./client.ts";
import { findAllowance } from "./find-allowance.ts";
import { describeAllowance, describeSize } from "./prompt-sizes.ts";

/** Which first request is meant; as `describeSize` has it. */
export interface FirstRequest {
  readonly client: string;
  /** The client's name for people. */
  readonly title: string;
  readonly size: Size;
  readonly by: "launch" | "connect";
}

/** Lines on what the chosen size costs, and of what, where an upstream of the model counts. None for a client that was not measured. */
export async function describeCost(
  { client, title, size, by }: FirstRequest,
  target: Target,
  caller: Caller,
): Promise<readonly string[]> {
  const words = describeSize(client, title, size, by);
  if (words === undefined) return [];
  const allowance = await findAllowance(target, caller);
  return allowance === undefined ? [words] : [words, describeAllowance(allowance)];
}
