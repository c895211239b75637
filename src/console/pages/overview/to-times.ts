import type { ActivityObject } from "../../api/types.ts";
import type { ChartData } from "../../parts/chart-data.ts";

/** The parts of a chart that all of one activity share. */
export function toTimes(activity: ActivityObject): Pick<ChartData, "times" | "stepMs"> {
  return { times: activity.steps.map(({ at }) => Date.parse(at)), stepMs: activity.step_seconds * 1000 };
}
