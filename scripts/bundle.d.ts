/** For tests, which are TypeScript; what it promises stands in `bundle.js`. */
export function bundle(folder: string): Promise<void>;
