/** Prefixes of the ids that the dialects show. */
export type IdPrefix =
  | "chatcmpl-"
  | "cmpl-"
  | "resp_"
  | "conv_"
  | "msg_"
  | "rs_"
  | "fc_"
  | "ctc_"
  | "call_"
  | "toolu_"
  | "req_"
  | "ig_"
  | "key_"
  | "bud_"
  | "hold_"
  | "trace_"
  | "gen_";

/** Makes an id that is unique across conversations: the prefix and 24 or more letters and digits. */
export type IdFactory = (prefix: IdPrefix) => string;

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/**
 * Takes random bytes from a stock, so that the source, a system call, is asked once for many ids. No byte is given
 * twice.
 */
export function createRandomPool(
  randomBytes: (size: number) => Uint8Array,
  poolSize = 4096,
): (size: number) => Uint8Array {
  let pool: Uint8Array = new Uint8Array();
  return (size) => {
    if (pool.length < size) pool = randomBytes(Math.max(size, poolSize));
    const taken = pool.subarray(0, size);
    pool = pool.subarray(size);
    return taken;
  };
}

/** Creates an id factory over a source of random bytes, so that tests can make ids repeatable. */
export function createIdFactory(randomBytes: (size: number) => Uint8Array): IdFactory {
  return (prefix) => {
    let id = "";
    // 62 of 256: the bias of a modulo is harmless in 24 characters that only have to be unique.
    for (const byte of randomBytes(24)) id += alphabet.charAt(byte % alphabet.length);
    return prefix + id;
  };
}
