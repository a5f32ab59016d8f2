// AssemblyScript: single operations of the core, each repeated in a loop, so that the call costs nothing beside them.

import { fold, sum } from "../../assembly/wire/checksum";
import * as Ipv4 from "../../assembly/wire/ipv4";
import * as Tcp from "../../assembly/wire/tcp";
import { mix } from "../../assembly/flow/hash";
import { KEY_HIGH, KEY_LOW, PARSED_SIZE, parse } from "../../assembly/parse";
import { DESC_FRAME, DESC_SIZE } from "../../assembly/abi";

/** Parses `count` described frames. */
export function parseFrames(descriptors: u32, parsed: u32, count: u32): void {
  for (let i: u32 = 0; i < count; i++) parse(descriptors + i * DESC_SIZE, parsed + i * PARSED_SIZE);
}

/** Hashes the keys of `count` parsed frames. */
export function hashKeys(parsed: u32, count: u32): u64 {
  let all: u64 = 0;
  for (let i: u32 = 0; i < count; i++)
    all ^= mix(load<u64>(parsed + i * PARSED_SIZE, KEY_LOW), load<u64>(parsed + i * PARSED_SIZE, KEY_HIGH));
  return all;
}

/** Transposes `count` described TCP frames with an Ethernet header by one template. */
export function transpose(descriptors: u32, low: u64, high: u64, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const ip = load<u32>(descriptors + i * DESC_SIZE + DESC_FRAME) + 14;
    Ipv4.transposeWithPorts(ip, low, high, <u32>low & 0xffff);
    Tcp.adjustChecksum(ip + Ipv4.HEADER_MIN, <u32>(low >> 16) & 0xffff);
  }
}

/** Sums `length` bytes `count` times. */
export function sumBytes(at: u32, length: u32, count: u32): u32 {
  let all: u32 = 0;
  for (let i: u32 = 0; i < count; i++) all += sum(at, length);
  return fold(all);
}
