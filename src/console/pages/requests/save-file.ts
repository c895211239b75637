/** Gives a text to the reader as a file. */
export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has it by then: what is pressed starts at once.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
