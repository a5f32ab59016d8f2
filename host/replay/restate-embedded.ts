// The packet in a captured ICMP error, given the address of the endpoint that its own stands for, as the packet around it was; every
// checksum keeps the error it had, if any.

import { get16, put16, put32, sumOf } from "../wire/words.ts";
import { type FrameView, IPV4, PROTOCOL_TCP, PROTOCOL_UDP, TCP, UDP } from "./frame.ts";
import { changed } from "./readdress.ts";
import type { Role } from "./roles.ts";

export const PROTOCOL_ICMP = 1;
const ERROR_TYPES: readonly number[] = [3, 11, 12];
const ICMP = { type: 0, checksum: 2, header: 8 };
const ALL_ONES = 0xffff;

/** Which end of the packet in an error is the endpoint's: of an error to the endpoint the source, of one from it the destination. */
export function restateEmbedded(view: FrameView, role: Role, fromEndpoint: boolean): void {
  const { buffer, l4, end, protocol } = view;
  const inner = l4 + ICMP.header;
  if (protocol !== PROTOCOL_ICMP || !ERROR_TYPES.includes(buffer[l4 + ICMP.type] as number)) return;
  const header = inner < end ? ((buffer[inner] as number) & 15) * 4 : 0;
  const transport = inner + header;
  if (header < IPV4.min || transport + 4 > end) return;
  const before = sumOf(buffer, inner, end);
  const address = inner + (fromEndpoint ? IPV4.destination : IPV4.source);
  const port = transport + (fromEndpoint ? 2 : 0);
  const kind = buffer[inner + IPV4.protocol] as number;
  const grown = sumOf(buffer, address, address + 4);
  put32(buffer, address, role.address);
  const addresses = sumOf(buffer, address, address + 4) - grown;
  put16(buffer, inner + IPV4.checksum, changed(get16(buffer, inner + IPV4.checksum), addresses));
  const seen = get16(buffer, port);
  const own = role.frontendPort(seen, kind);
  put16(buffer, port, own);
  carry(buffer, transport, end, kind, addresses + own - seen);
  put16(buffer, l4 + ICMP.checksum, changed(get16(buffer, l4 + ICMP.checksum), sumOf(buffer, inner, end) - before));
}

/** Carries a change into the TCP or UDP checksum, where it is there. */
function carry(buffer: Uint8Array, at: number, end: number, protocol: number, growth: number): void {
  const [field, needed] = protocol === PROTOCOL_TCP ? [TCP.checksum, TCP.checksumEnd] : [UDP.checksum, UDP.checksumEnd];
  if ((protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_UDP) || at + needed > end) return;
  const before = get16(buffer, at + field);
  if (protocol === PROTOCOL_UDP && before === 0) return;
  const after = changed(before, growth);
  put16(buffer, at + field, protocol === PROTOCOL_UDP ? after || ALL_ONES : after);
}
