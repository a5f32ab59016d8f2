// Numbers of a packet of a flow with a PROXY header that an ICMP error quotes: each side is shown its own (docs/behaviour.md, 17.3, 17.4).

import { SIDE_CONSUMER } from "../abi";
import { PROXY_LEFT, PROXY_STARTED } from "../abi/records";
import * as Sack from "../wire/sack";
import * as Tcp from "../wire/tcp";
import { headerLength, is, startOf } from "./stream";

/** An error from a side; `captured` bytes of the TCP header are there. The client's sends a reply back, the provider's a request. */
export function turnEmbedded(flow: u32, tcp: u32, captured: u32, side: u32): void {
  if (!is(flow, PROXY_STARTED)) return;
  const hasChecksum = captured >= Tcp.CHECKSUM_END;
  if (side != SIDE_CONSUMER) {
    const sequence = Sack.lowered(Tcp.sequence(tcp), startOf(flow), headerLength(flow));
    Tcp.setSequence(tcp, sequence, hasChecksum);
  } else if (captured >= Tcp.ACKNOWLEDGEMENT_END) {
    const acknowledged = raised(flow, Tcp.acknowledgement(tcp));
    Tcp.setAcknowledgement(tcp, acknowledged, hasChecksum);
  }
}

/** A captured error, which quotes a request as its client sent it. */
export function turnBackEmbedded(flow: u32, tcp: u32, captured: u32): void {
  if (!is(flow, PROXY_STARTED)) return;
  Tcp.setSequence(tcp, raised(flow, Tcp.sequence(tcp)), captured >= Tcp.CHECKSUM_END);
}

function raised(flow: u32, number: u32): u32 {
  return Sack.raised(number, startOf(flow), headerLength(flow), is(flow, PROXY_LEFT));
}
