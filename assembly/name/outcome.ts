// What reading the beginning of a client's stream comes to. Besides these, a reader returns one of the reasons (abi.ts) for
// which a flow is refused. A reader looks at `length` bytes at most, in time proportional to them, and writes what it found
// to the variables below.

import { TRACE_MORE } from "../abi/trace";

/// More bytes are needed: nothing so far is against them.
export const MORE: u32 = TRACE_MORE;
/// A message that bears a name, or should: see `found`.
export const NAMED: u32 = 241;
/// A message in front of the one that bears the name.
export const PREFACE: u32 = 242;
/// Something after which no name can come.
export const OVER: u32 = 243;

/// Bytes the message takes, from where reading began.
export let end: u32 = 0;
/// Where the name lies; 0 bytes when the message has none.
export let nameAt: u32 = 0;
export let nameLength: u32 = 0;
/// The name that counts is encrypted: what was read is the outer one.
export let encrypted: bool = false;
/// The client may send data before it is answered (TLS 1.3 early data).
export let early: bool = false;

/** A message of `size` bytes whose name lies at `at`. */
export function named(size: u32, at: u32, length: u32): u32 {
  end = size;
  nameAt = at;
  nameLength = length;
  return NAMED;
}

/** A message of `size` bytes that bears no name, and is not meant to. */
export function preface(size: u32): u32 {
  end = size;
  return PREFACE;
}

/** Notes what a ClientHello offers beside its name. */
export function offers(encryptedName: bool, earlyData: bool): void {
  encrypted = encryptedName;
  early = earlyData;
}
