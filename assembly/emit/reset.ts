// Resets to both ends of a flow that ends (docs/behaviour.md, section 10).

import { COUNTER_RESETS_SENT, LINK_ETHERNET, PROTOCOL_TCP, SIDE_CONSUMER, SIDE_PROVIDER } from "../abi";
import {
  LINK_BYTES,
  LINK_BYTES_MAX,
  LINK_LENGTH,
  LINK_SIZE,
  LINK_TYPE,
  REC_ACKNOWLEDGED,
  REC_BACKEND,
  REC_ENDPOINT,
  REC_SEEN,
  REC_SEQUENCE_END,
  REC_SIZE,
  REC_TEMPLATE,
  SEEN_ACKNOWLEDGED,
  SEEN_SEQUENCE,
  TEMPLATE_DESTINATION,
  TEMPLATE_PORTS,
  TEMPLATE_SOURCE,
} from "../abi/records";
import {
  BACKEND_HAS_MAC,
  BACKEND_MAC,
  BACKEND_SIZE,
  ENDPOINT_SERVICE,
  ENDPOINT_SIZE,
  SERVICE_HAS_MAC,
  SERVICE_MAC,
  SERVICE_SIZE,
} from "../abi/tables";
import { STAGE_ANSWER, TRACE_GOES_ON, TRACE_RESET } from "../abi/trace";
import { addressAt } from "../address/book";
import { count } from "../counters";
import { LINKS } from "../memory";
import { BACKENDS, ENDPOINTS, SERVICES } from "../tables";
import { expectedByServer, isHeaded } from "../proxy/stream";
import { concernsSix, leavesAsSix } from "../translate";
import * as Ipv4 from "../wire/ipv4";
import * as Ipv6 from "../wire/ipv6";
import * as Link from "../wire/link";
import * as Tcp from "../wire/tcp";
import { emitHead, nextHead } from "./queue";
import { trace, tracing } from "../trace";

/** Emits both resets; `request` is the hot record of the request direction. */
export function emitResets(flow: u32, request: u32, cause: u32): void {
  resetCause = cause;
  const reply = request + REC_SIZE;
  const clientSequence = load<u32>(request, REC_ACKNOWLEDGED);
  const clientEnd = load<u32>(request, REC_SEQUENCE_END);
  const answered = (load<u8>(reply, REC_SEEN) & SEEN_ACKNOWLEDGED) != 0;
  const followed = (load<u8>(reply, REC_SEEN) & SEEN_SEQUENCE) != 0;
  const backendSequence = answered ? load<u32>(reply, REC_ACKNOWLEDGED) : clientEnd;
  const backendEnd = followed ? load<u32>(reply, REC_SEQUENCE_END) : clientSequence;
  emitReset(SIDE_CONSUMER, flow, request, reply, clientSequence, clientEnd);
  const expected = isHeaded(flow) ? expectedByServer(flow, backendSequence) : backendSequence;
  emitReset(SIDE_PROVIDER, flow, request, request, expected, backendEnd);
}

/// Why resets are sent, CAUSE_.
let resetCause: u32 = 0;

/** One reset with the addresses and ports that a record's template gives a packet. */
function emitReset(side: u32, flow: u32, request: u32, record: u32, sequence: u32, acknowledgement: u32): void {
  const head = nextHead();
  const kept = LINKS + flow * LINK_SIZE;
  const length = <u32>load<u8>(kept, LINK_LENGTH);
  const link = <u32>load<u8>(kept, LINK_TYPE);
  memory.copy(head, kept + LINK_BYTES, LINK_BYTES_MAX);
  if (link == LINK_ETHERNET) {
    if (side == SIDE_CONSUMER) Link.swapAddresses(head);
    else addressProvider(head, request);
  }
  const template = record + REC_TEMPLATE;
  const sourceBe = load<u32>(template, TEMPLATE_SOURCE);
  const destinationBe = load<u32>(template, TEMPLATE_DESTINATION);
  const ip = head + length;
  const portsBe = load<u32>(template, TEMPLATE_PORTS);
  if (leavesAsSix(record, side ^ 1)) {
    Ipv6.write(ip, Tcp.HEADER_MIN, PROTOCOL_TCP, addressAt(sourceBe), addressAt(destinationBe));
    Tcp.writeReset(ip + Ipv6.HEADER, portsBe, sequence, acknowledgement, Ipv6.addressesSum(ip));
    return sent(side, link, flow, length + Ipv6.HEADER + Tcp.HEADER_MIN);
  }
  if (concernsSix(record, side ^ 1)) Link.nameFamily(head, link, length, false);
  Ipv4.write(ip, Ipv4.HEADER_MIN + Tcp.HEADER_MIN, PROTOCOL_TCP, sourceBe, destinationBe, true);
  Tcp.writeReset(ip + Ipv4.HEADER_MIN, portsBe, sequence, acknowledgement, Ipv4.addressesSum(ip));
  sent(side, link, flow, length + Ipv4.HEADER_MIN + Tcp.HEADER_MIN);
}

function sent(side: u32, link: u32, flow: u32, length: u32): void {
  emitHead(side, resetCause, link, flow, length);
  count(COUNTER_RESETS_SENT, 1);
  if (tracing) trace(STAGE_ANSWER, TRACE_GOES_ON, TRACE_RESET, side);
}

/** Gives an Ethernet frame towards a flow's backend the addresses that are configured for it, if any. */
export function addressProvider(frame: u32, request: u32): void {
  const backend = BACKENDS + <u32>load<u16>(request, REC_BACKEND) * BACKEND_SIZE;
  if (load<u16>(backend, BACKEND_HAS_MAC) == 0) return;
  Link.setDestination(frame, backend + BACKEND_MAC);
  const endpoint = ENDPOINTS + <u32>load<u16>(request, REC_ENDPOINT) * ENDPOINT_SIZE;
  const service = SERVICES + <u32>load<u16>(endpoint, ENDPOINT_SERVICE) * SERVICE_SIZE;
  if (load<u16>(service, SERVICE_HAS_MAC) != 0) Link.setSource(frame, service + SERVICE_MAC);
}
