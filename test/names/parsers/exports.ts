// AssemblyScript: the readers of first messages by themselves, so that they can be given any bytes.

import { CONTROL_HOLD_SLOTS } from "../../../assembly/abi";
import * as Memory from "../../../assembly/memory";
import { normalize } from "../../../assembly/name/host";
import * as Http from "../../../assembly/name/http";
import * as Outcome from "../../../assembly/name/outcome";
import * as Postgres from "../../../assembly/name/postgres";
import * as Tds from "../../../assembly/name/tds";
import * as Answer from "../../../assembly/name/tls-answer";
import * as Tls from "../../../assembly/name/tls";

/** Which reader `read` runs. */
const REQUEST: u32 = 0;
const HELLO: u32 = 1;
const AFTER: u32 = 2;
const AFTER_EARLY: u32 = 3;
const PRELOGIN: u32 = 4;
const ENCRYPTION: u32 = 5;

/** Lays the regions out; false: they do not fit. */
export function lay(): bool {
  Memory.setControl(CONTROL_HOLD_SLOTS, 1);
  return Memory.lay();
}

/** What a reader says of `length` bytes at `at`. */
export function read(which: u32, at: u32, length: u32): u32 {
  Outcome.offers(false, false);
  if (which == REQUEST) return Http.readRequest(at, length);
  if (which == HELLO) return Tls.readHello(at, length);
  if (which == AFTER) return Tls.readAfterHello(at, length, false);
  if (which == AFTER_EARLY) return Tls.readAfterHello(at, length, true);
  if (which == PRELOGIN) return Tds.readPrelogin(at, length);
  if (which == ENCRYPTION) return Postgres.readEncryptionRequest(at, length);
  return Answer.readAnswer(at, length);
}

export function end(): u32 {
  return Outcome.end;
}

export function nameAt(): u32 {
  return Outcome.nameAt;
}

export function nameLength(): u32 {
  return Outcome.nameLength;
}

/** Bit 0: the name is encrypted; bit 1: early data are offered. */
export function offered(): u32 {
  return <u32>Outcome.encrypted | ((<u32>Outcome.early) << 1);
}

/** Length of the normal form of the name read last, which is at `normal()`. */
export function normalized(withPort: bool): u32 {
  return normalize(Outcome.nameAt, Outcome.nameLength, withPort);
}

export function normal(): u32 {
  return Memory.NAME;
}

/** What readers may write to lies between here and `scratchEnd`. */
export function scratch(): u32 {
  return Memory.NAME;
}

export function scratchEnd(): u32 {
  return Memory.HOLDS;
}
