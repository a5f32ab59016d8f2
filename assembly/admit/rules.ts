// Which load balancing rule takes a destination port.

import { PROTOCOL_ANY } from "../abi";
import {
  RULE_ENTRY_PORT,
  RULE_ENTRY_PROTOCOL,
  RULE_ENTRY_RULE,
  RULE_ENTRY_SERVICE,
  RULE_ENTRY_SIZE,
  RULE_ENTRY_TAKEN,
} from "../abi/tables";
import { RULE_INDEX, RULE_MASK } from "../tables";

/// Multiplier of the table's places; the host fills it by the same rule (host/config/rules.ts).
const MULTIPLIER: u32 = 0x9e3779b1;

/** Rule of a service for a protocol and port (host order): the exact one first, then the one for all ports; -1 for none. */
export function ruleOf(service: u32, protocol: u32, port: u32): i32 {
  const exact = lookup(service, protocol, port);
  return exact >= 0 ? exact : lookup(service, PROTOCOL_ANY, 0);
}

function lookup(service: u32, protocol: u32, port: u32): i32 {
  const hash = (((service << 16) | port) ^ (protocol * MULTIPLIER)) * MULTIPLIER;
  let place = (hash >> 8) & RULE_MASK;
  let entry = RULE_INDEX + place * RULE_ENTRY_SIZE;
  let taken = <u32>load<u16>(entry, RULE_ENTRY_PROTOCOL);
  while (taken != 0) {
    if (
      taken == (protocol | RULE_ENTRY_TAKEN) &&
      <u32>load<u16>(entry, RULE_ENTRY_PORT) == port &&
      <u32>load<u16>(entry, RULE_ENTRY_SERVICE) == service
    )
      return <i32>load<u16>(entry, RULE_ENTRY_RULE);
    place = (place + 1) & RULE_MASK;
    entry = RULE_INDEX + place * RULE_ENTRY_SIZE;
    taken = <u32>load<u16>(entry, RULE_ENTRY_PROTOCOL);
  }
  return -1;
}
