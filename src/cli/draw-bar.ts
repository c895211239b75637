import type { Paint } from "../pretty/create-paint.ts";

const barLength = 24;
const scarcePercent = 80;

/** A bar of how much of something is used: green, yellow from 80 % on, and red when it is spent. */
export function drawBar(percent: number, isSpent: boolean, paint: Paint): string {
  const full = Math.min(barLength, Math.round((barLength * percent) / 100));
  const colour = isSpent ? "red" : percent >= scarcePercent ? "yellow" : "green";
  return `[${paint(colour, "#".repeat(full))}${"-".repeat(barLength - full)}]`;
}
