// Letting a packet of a live flow leave: translated, taken note of, out on the other side.

import { DESC_WIRE, PROTOCOL_TCP, SIDE_CONSUMER, SIDE_PROVIDER } from "./abi";
import { FLAG_CLAMP_MSS } from "./abi/tables";
import { emitInput } from "./emit/queue";
import { follow } from "./flow/follow";
import { IP, PROTOCOL, REASON, SIDE } from "./parse";
import { leave } from "./proxy/request";
import { isHeaded } from "./proxy/stream";
import { rewrite } from "./rewrite";
import { forwarded } from "./verdict";
import { clampMss } from "./size/mtu";
import { CAREFUL, has } from "./tables";
import { concernsSix, emitAsSix } from "./translate";
import * as Ip from "./wire/ip";

/** Sends a packet on by the template of its record. */
export function send(desc: u32, parsed: u32, verdict: u32, record: u32, flow: u32): void {
  const side = <u32>load<u8>(parsed, SIDE);
  const bytes = load<u32>(desc, DESC_WIRE);
  rewrite(desc, parsed, record, side);
  if (CAREFUL && has(FLAG_CLAMP_MSS) && load<u8>(parsed, PROTOCOL) == PROTOCOL_TCP) clampMss(parsed, flow);
  follow(record, parsed, side, bytes);
  forwarded(verdict, <u32>load<u8>(parsed, REASON), side ^ 1, flow);
  if (side == SIDE_CONSUMER && isHeaded(flow)) leave(desc, parsed, flow);
  else if (side == SIDE_PROVIDER && concernsSix(record, side) && !Ip.isSix(load<u32>(parsed, IP)))
    emitAsSix(desc, parsed, record, flow);
  else emitInput(side ^ 1, flow, desc);
}
