// RST to a client that goes on with a connection that is none here (behaviour 20.5).
import { isAnswerable } from "./answer.ts";
import { macsSwapped } from "./ethernet.ts";
import type { Tuple } from "./flow.ts";
import type { Arrival, Path } from "./path.ts";
import { resetFrame } from "./reset.ts";
import { ruleOf } from "./service.ts";
import { ACK, RST, readTransport } from "./transport.ts";

/** Answers a packet of a tuple that was dropped, if its rule has resets and it can be answered. */
export function answerLate(path: Path, { packet, ip }: Arrival, tuple: Tuple, flow: number): void {
  const transport = readTransport(packet.frame, ip);
  if (typeof transport === "string" || transport.sequence === undefined || transport.flags & RST) return;
  const rule = ruleOf(tuple.endpoint.service, tuple.protocol, tuple.endpointPort);
  if (!isAnswerable(packet.frame, packet.link, ip) || rule?.reset !== true) return;
  const { acknowledgement, end } = transport.sequence;
  const link = packet.link === "ethernet" ? macsSwapped(packet.frame) : packet.frame;
  const ends = {
    source: tuple.endpoint.address,
    sourcePort: tuple.endpointPort,
    destination: tuple.client,
    destinationPort: tuple.clientPort,
  };
  const bytes = resetFrame(link.slice(0, ip.at), ends, transport.flags & ACK ? acknowledgement : 0, end);
  path.out.push({ side: "consumer", cause: "answer", flow, bytes });
  path.counters.generated.reset++;
}
