/** Resolves with what was made; when nothing came of it, closes what was opened for it, whose threads and connections would keep the process. */
export async function orClose<T>(opened: { close(): Promise<void> }, made: Promise<T>): Promise<T> {
  try {
    return await made;
  } catch (error) {
    await opened.close();
    throw error;
  }
}
