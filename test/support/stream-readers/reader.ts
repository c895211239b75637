/** A client's way to read an event stream. */
export interface StreamReader {
  readonly name: string;
  /** The data of the events, in order, as the client would parse it as JSON; `[DONE]` ends them. Throws where it fails. */
  read(text: string): string[];
}
