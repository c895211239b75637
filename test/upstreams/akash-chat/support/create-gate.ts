/** A promise that the test opens or breaks. */
export interface Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
  readonly fail: (error: Error) => void;
}

function ignore(): void {}

export function createGate(): Gate {
  let open: () => void = ignore;
  let fail: (error: Error) => void = ignore;
  const opened = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { opened, open: () => open(), fail: (error) => fail(error) };
}
