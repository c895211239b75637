/**
 * Gives the process the settings of files: for commands that are the process, as `serve`, whose libraries (OpenTelemetry's, that of proxies)
 * and whose workers read its environment themselves.
 */
export function adoptSettings(values: Readonly<Record<string, string>>): void {
  Object.assign(process.env, values);
}
