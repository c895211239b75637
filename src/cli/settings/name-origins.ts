import { ConfigError } from "../../config.ts";

/** The same error, with the file behind each problem whose value is from one. */
export function nameOrigins(error: ConfigError, origins: ReadonlyMap<string, string>): ConfigError {
  return new ConfigError(
    error.problems.map((problem) => {
      const origin = origins.get(problem.split(":", 1)[0] ?? "");
      return origin === undefined ? problem : `${problem} (in ${origin})`;
    }),
  );
}
