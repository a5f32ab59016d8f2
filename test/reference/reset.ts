// Resets of an established flow that idles out (enableTcpReset; behaviour 10).
import type { EmitOut } from "../plane.ts";
import { isIpv6 } from "./address.ts";
import { checksumOf, wordSum } from "./checksum.ts";
import { macsSwapped } from "./ethernet.ts";
import type { Flow } from "./flow.ts";
import { TCP } from "./ip.ts";
import { DONT_FRAGMENT } from "./ipv4.ts";
import { frameOf, frameOfIpv6 } from "./packet.ts";
import { expectedByServer } from "./proxy.ts";
import type { Ends } from "./rewrite.ts";
import { ACK, PORTS, RST, TCP_HEADER } from "./transport.ts";

const OFFSET_FIVE_WORDS = 0x50;

/** The two resets of a flow, the consumer's first. */
export function resetsOf(flow: Flow, cause: "timer" | "answer"): EmitOut[] {
  const { number, endpoint, client, clientPort, endpointPort, target, backendPort, nat, natPort, first } = flow;
  const request = flow.toService;
  const reply = flow.toConsumer;
  const toConsumer: Ends = {
    source: endpoint.address,
    sourcePort: endpointPort,
    destination: client,
    destinationPort: clientPort,
  };
  const toProvider: Ends = {
    source: nat,
    sourcePort: natPort,
    destination: target,
    destinationPort: backendPort,
  };
  const back = first.link === "ethernet" ? macsSwapped(first.header) : first.header;
  return [
    {
      side: "consumer",
      cause,
      flow: number,
      bytes: resetFrame(back, toConsumer, request.acknowledged ?? 0, request.sequenceEnd ?? 0),
    },
    {
      side: "provider",
      cause,
      flow: number,
      bytes: resetFrame(
        first.translated,
        toProvider,
        expectedByServer(flow.proxy, reply.acknowledged ?? request.sequenceEnd ?? 0),
        reply.sequenceEnd ?? request.acknowledged ?? 0,
      ),
    },
  ];
}

/** A reset of 40 bytes behind a link header. */
export function resetFrame(link: Uint8Array, ends: Ends, sequence: number, acknowledgement: number): Uint8Array {
  const { source, destination } = ends;
  const tcp = new Uint8Array(TCP_HEADER.end);
  const view = new DataView(tcp.buffer);
  view.setUint16(PORTS.source, ends.sourcePort);
  view.setUint16(PORTS.destination, ends.destinationPort);
  view.setUint32(TCP_HEADER.sequence, sequence);
  view.setUint32(TCP_HEADER.acknowledgement, acknowledgement);
  tcp[TCP_HEADER.offset] = OFFSET_FIVE_WORDS;
  tcp[TCP_HEADER.flags] = RST | ACK;
  if (isIpv6(source)) return frameOfIpv6(link, { protocol: TCP, source, destination }, tcp, TCP_HEADER.checksum);
  const pseudo = halves(source) + halves(destination) + TCP + TCP_HEADER.end;
  view.setUint16(TCP_HEADER.checksum, checksumOf(pseudo + wordSum(tcp)));
  return frameOf(link, { protocol: TCP, source, destination, fragment: DONT_FRAGMENT }, tcp);
}

/** The sum of the two words of an IPv4 address. */
const halves = (address: number): number => (address >>> 16) + (address & 0xffff);
