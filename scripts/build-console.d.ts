/** Builds the console into `<out>/console`, where its tools are; without them the gateway says that it has none. */
export function buildConsole(out: string): Promise<void>;
