/** For tests, which are TypeScript; what they promise stands in `collect-licences.js`. */
export function packageFolder(file: string): string | undefined;
export function collectLicences(folders: readonly string[]): string;
