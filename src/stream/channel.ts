/** Messages between two processes. All arrive and in order, or the channel closes. */
export interface Channel {
  /** Sends what JSON can say. Never throws; once the other side is gone it goes nowhere. */
  send(message: unknown): void;
  /** Told of each message, also of those that came before somebody listened. One listener. */
  onMessage(take: (message: unknown) => void): void;
  /** Called once, when the other side is gone; soon, if it is already. */
  onClose(end: () => void): void;
}
