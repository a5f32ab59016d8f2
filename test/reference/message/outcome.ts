// What reading a client's message comes to (behaviour 14.2).

export interface Named {
  kind: "named";
  /** Bytes of the message. */
  size: number;
  /** As it stands in the message; absent: it bears none. */
  name?: Uint8Array | undefined;
  encrypted?: boolean;
  early?: boolean;
}

export type Outcome =
  | { kind: "more" }
  | { kind: "preface"; size: number }
  | { kind: "over" }
  | { kind: "reason"; reason: string }
  | Named;

export const MORE: Outcome = { kind: "more" };
export const OVER: Outcome = { kind: "over" };
export const against = (reason: string): Outcome => ({ kind: "reason", reason });
export const UNEXPECTED = against("protocol-unexpected");
export const AMBIGUOUS = against("name-ambiguous");
export const TOO_LONG = against("first-message-too-long");

/** Bytes of a first message that are looked at. */
export const MESSAGE_MOST = 16_384;

/** An unsigned number, most significant byte first. */
export const numberAt = (bytes: Uint8Array, at: number, size: number): number =>
  bytes.subarray(at, at + size).reduce((sum, byte) => sum * 256 + byte, 0);
