import type { Generation, SimulatedModel } from "../../src/simulator/index.ts";
import { bodyOf, readRecordings, type Recording } from "./recording.ts";

type Entry = Readonly<Record<string, unknown>>;

/** The models of the recorded instances, all that each knew. */
export function recordedModels(generation: Generation): readonly SimulatedModel[] {
  const recordings = readRecordings(generation);
  if (generation === "B") return listOf(recordings, 552).map((entry) => modelOf(entry));
  const offered = new Set(listOf(recordings, 51).map(({ id }) => id));
  // With its back end failing, A shows its whole table.
  return listOf(recordings, 57).map((entry) => modelOf(entry, offered.has(entry["id"])));
}

/** The models of the recorded instance without a database: ids are all there is. */
export function recordedBackEndModels(): readonly SimulatedModel[] {
  return listOf(readRecordings("B"), 765).map((entry) => modelOf(entry));
}

function listOf(recordings: readonly Recording[], number: number): readonly Entry[] {
  const recording = recordings.find((candidate) => candidate.number === number);
  return recording === undefined ? [] : (JSON.parse(bodyOf(recording.reply)) as Entry[]);
}

function modelOf(entry: Entry, available = true): SimulatedModel {
  const { id, name, description, temperature, top_p, tokenLimit, token_limit, ...details } = entry;
  const limit = tokenLimit ?? token_limit;
  return {
    id: String(id),
    available,
    details,
    ...(typeof name === "string" ? { name } : {}),
    ...(typeof description === "string" ? { description } : {}),
    ...(hasValue(temperature) ? { temperature: Number(temperature) } : {}),
    ...(hasValue(top_p) ? { topP: Number(top_p) } : {}),
    ...(hasValue(limit) ? { tokenLimit: Number(limit) } : {}),
  };
}

function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null;
}
