// Names, sentences and remedies of the verdict reasons, in the order of their codes in assembly/abi.ts.

import { type Reason, row } from "./reason.ts";
import { NAME_REASONS } from "./name-reasons.ts";

export type { Reason, Verdict } from "./reason.ts";

export const REASONS: readonly Reason[] = [
  row("forwarded", "forward", "The packet belongs to a live flow and was translated."),
  row("new-flow", "forward", "The packet opened a flow and was translated."),
  row(
    "mid-stream-admitted",
    "forward",
    "A TCP flow was taken up in its middle: its beginning was not seen.",
    "Set midStream: drop to refuse such flows.",
  ),
  row(
    "not-ip",
    "pass",
    "The frame carries no IP packet, so it concerns no endpoint.",
    "Nothing: ARP and other protocols of the local network do not cross an endpoint.",
  ),
  row(
    "ipv6",
    "pass",
    "The frame carries IPv6, and nothing here has an IPv6 address; or it is between neighbours, as ARP is.",
    "Nothing; or give the endpoint a privateIPv6Address.",
  ),
  row(
    "link-type",
    "pass",
    "The link type is not one the plane reads.",
    "Capture on Ethernet, raw IP, loopback or Linux cooked interfaces.",
  ),
  row("vlan-depth", "pass", "The frame has more than two VLAN tags.", "Capture behind the outer tags, or strip them."),
  row(
    "tunnel",
    "pass",
    "The packet is a tunnel's that is not opened, and concerns no endpoint.",
    "List its type in settings.tunnels if it can be opened, or capture inside the tunnel.",
  ),
  row(
    "no-endpoint",
    "pass",
    "The packet's address is no endpoint's, so it was left as it is.",
    "Let an endpoint stand for the address with --as ENDPOINT=ADDRESS.",
  ),
  row("truncated", "drop", "The captured bytes end inside the headers.", "Capture with a larger snaplen."),
  row(
    "bad-ip-header",
    "drop",
    "The IPv4 version or header length is impossible.",
    "Find out what sends it, or whether the capture is damaged: no host accepts such a packet.",
  ),
  row(
    "bad-ip-length",
    "drop",
    "The IPv4 total length does not fit the header or the frame.",
    "Find out what sends it, or whether the capture is damaged: no host accepts such a packet.",
  ),
  row(
    "bad-tcp-header",
    "drop",
    "The TCP header does not fit into the packet.",
    "Find out what sends it, or whether the capture is damaged: no host accepts such a packet.",
  ),
  row(
    "bad-udp-length",
    "drop",
    "The UDP length does not fit the packet.",
    "Find out what sends it, or whether the capture is damaged: no host accepts such a packet.",
  ),
  row(
    "icmp",
    "drop",
    "Of ICMP, only errors about packets of flows are translated, and of those not the few that the other side's family has no type for.",
    "Nothing, if that was meant: real private endpoints carry none either.",
  ),
  row(
    "fragment",
    "drop",
    "The packet is an IP fragment that is not translated: only those of TCP and UDP are, of flows that are neither read nor bear a PROXY header.",
    "Lower the sender's packet size below the path MTU, or see fragments of the settings.",
  ),
  row(
    "protocol",
    "drop",
    "Private Link carries TCP and UDP only.",
    "Nothing, if that was meant: real private endpoints carry no other protocol either.",
  ),
  row(
    "spoofed-endpoint",
    "drop",
    "A frame in the consumer's network claims an endpoint's address as its source.",
    "Only the plane speaks for an endpoint: find who sends it.",
  ),
  row(
    "ttl-expired",
    "drop",
    "The packet's time to live ended at this hop.",
    "Look for a routing loop, or a probe such as traceroute.",
  ),
  row(
    "connection-pending",
    "drop",
    "The endpoint's connection still waits for the provider's approval.",
    "Ask the owner of the private link service to approve the connection.",
  ),
  row(
    "connection-rejected",
    "drop",
    "The provider rejected the endpoint's connection.",
    "Ask the owner of the private link service why; then set it back to Pending.",
  ),
  row(
    "connection-disconnected",
    "drop",
    "The provider removed the endpoint's connection.",
    "Delete the endpoint and make a new one.",
  ),
  row(
    "no-rule",
    "drop",
    "The service has no load balancing rule for this protocol and port.",
    "Add a rule for the port, or correct the client.",
  ),
  row(
    "mid-stream",
    "drop",
    "The TCP flow's beginning was not seen, and midStream is drop.",
    "Capture from the beginning, or set midStream: admit.",
  ),
  row(
    "no-backend",
    "drop",
    "No backend of the pool takes new flows.",
    "Bring a backend up, or raise its weight above 0.",
  ),
  row(
    "flow-table-full",
    "drop",
    "The flow table holds as many flows as it may.",
    "Raise settings.maxFlows, or shorten the idle timeouts.",
  ),
  row(
    "nat-exhausted",
    "drop",
    "No NAT address has a free port towards this backend.",
    "Add a NAT address, or a backend where the rule has no floating IP: each pair carries 64,512 flows per protocol.",
  ),
  row(
    "no-flow",
    "drop",
    "A packet from the provider's side belongs to no flow; only consumers can open one.",
    "Let the client begin the connection; if it did, its flow had ended: lengthen the idle timeout, or send keepalives.",
  ),
  row(
    "reply-unmatched",
    "drop",
    "A captured reply whose request is not in the capture, or that cannot be rebuilt.",
    "Start the capture earlier, and capture both directions.",
  ),
  row(
    "reply-refused",
    "drop",
    "A captured reply of a flow that the plane refused, or that had ended.",
    "Mend what refused its request, which is counted under a reason of its own, or lengthen the idle timeouts.",
  ),
  row(
    "tuple-taken",
    "drop",
    "A captured request to one server whose client's address and port have a flow to another: one endpoint cannot tell them apart.",
    "Replay the captures of each server by themselves.",
  ),
  row(
    "endpoint-unreachable",
    "drop",
    "The endpoint is not reached from this network, or not from this source: peering is not transitive.",
    "Peer the network with the endpoint's, both sides Connected; a source needs an address space or a gateway's block.",
  ),
  row(
    "connection-refused",
    "drop",
    "The endpoint's subscription may not see the service, so it has no connection.",
    "Ask the owner of the private link service to add the subscription to its visibility.",
  ),
  row(
    "endpoint-rule-denied",
    "drop",
    "The rules of a network security group do not let this source reach the endpoint's port.",
    "Add a rule that allows it, with a lower priority number than the one that denies.",
  ),
  ...NAME_REASONS,
  row(
    "connection-lost",
    "drop",
    "The configuration was changed while the flow lived, and its endpoint's connection is approved no more.",
    "Nothing, if that was meant; settings.connectionLost: keep lets flows end by themselves.",
  ),
  row(
    "flow-withdrawn",
    "drop",
    "The configuration was changed while the flow lived, and its endpoint, service, rule, NAT address, UDP backend or reach is there no more.",
    "Nothing, if that was meant: a new connection is judged by the configuration as it is.",
  ),
  row(
    "icmp-error",
    "forward",
    "The ICMP error is about a packet of a live flow: it was translated, and so was the packet in it.",
  ),
  row(
    "icmp-malformed",
    "drop",
    "The ICMP message is too short, or the packet in it is none.",
    "Find out what sends it, or whether the capture is damaged: no host accepts such a message.",
  ),
  row(
    "icmp-bad-checksum",
    "drop",
    "The checksum of the ICMP message, or of the IP header in it, is wrong.",
    "Find out what sends it: such a message is not to be believed.",
  ),
  row(
    "icmp-no-flow",
    "drop",
    "The ICMP error is about no packet of a live flow.",
    "Nothing: its flow has ended, or somebody makes it up.",
  ),
  row(
    "icmp-echo",
    "drop",
    "A ping to an endpoint: real private endpoints do not answer them.",
    "Test with a connection to the service's port (curl, nc), or set icmpEcho: answer.",
  ),
  row(
    "packet-too-big",
    "drop",
    "The packet must not be fragmented and exceeds the MTU of the network it would go to.",
    "Raise the network's mtu, set clampMss, or let the sender learn it with packetTooBig: answer.",
  ),
  row(
    "backend-drained",
    "drop",
    "The flow's backend is draining, and the time its flows had left is over.",
    "Nothing, if that was meant: a new connection goes to another backend. A longer drainPeriodInSeconds of the pool leaves more time.",
  ),
  row(
    "awaiting-fragment",
    "held",
    "The fragment waits for the first one of its datagram, which has the ports.",
    "Nothing: it leaves behind the first one, or is dropped when that does not come.",
  ),
  row(
    "fragment-malformed",
    "drop",
    "The fragment cannot be one: it is empty, reaches beyond what a datagram holds, does not end on 8 bytes, or splits the TCP or UDP header.",
    "Find out what sends it: no host cuts packets so, attacks do (RFC 1858, RFC 3128).",
  ),
  row(
    "fragment-duplicate",
    "drop",
    "A fragment with the same bytes of the datagram came before.",
    "Nothing, once in a while; many of them mean that the network doubles packets.",
  ),
  row(
    "fragment-overlap",
    "drop",
    "The fragment overlaps another one of its datagram, or has another end: the whole datagram is refused (RFC 5722).",
    "Find out what sends it: hosts read such datagrams differently, which attacks make use of.",
  ),
  row(
    "fragment-table-full",
    "drop",
    "Fragments of 1,024 other datagrams are awaited, or the datagram has come in more than 64 fragments.",
    "Lower the sender's packet size below the path MTU, or timers.fragmentSeconds.",
  ),
  row(
    "fragment-pool-full",
    "drop",
    "The fragment came before the first one of its datagram and found no place to wait: 64 wait already, or it is too long.",
    "Lower the sender's packet size below the path MTU: so many in the wrong order mean a path that is not sound.",
  ),
  row(
    "fragment-timeout",
    "drop",
    "The rest of the fragment's datagram did not come in time, or its flow ended.",
    "Capture all packets, and find out where fragments are lost; timers.fragmentSeconds says how long is waited.",
  ),
  row(
    "reset-out-of-sequence",
    "forward",
    "The RST was translated, but its sequence number is none that the other side would end the connection for: the flow stays.",
  ),
  row(
    "ipv6-extension",
    "drop",
    "The IPv6 packet's extension headers cannot be stepped over: more than eight, cut short, out of place, or a route that goes on.",
    "Find out what sends it: hosts send none or few, and routes through others are for nobody's use.",
  ),
  row(
    "flow-expired",
    "drop",
    "The flow was silent for longer than its idle timeout, and both ends were sent an RST: this came after it.",
    "Send keepalives more often than idleTimeoutInMinutes, or raise that.",
  ),
  row(
    "client-flows-full",
    "drop",
    "The client has as many flows as settings.maxFlowsPerClient lets it have.",
    "Find out what it opens them for; raise settings.maxFlowsPerClient if it needs them.",
  ),
  row(
    "tunnel-fragment",
    "drop",
    "The packet is a fragment of a tunnel's: those are not put together, so what it carries is not known.",
    "Raise the underlay's MTU above that of the networks in the tunnels, or lower theirs, so that no tunnel's packet is cut.",
  ),
  row(
    "tunnel-bad-checksum",
    "drop",
    "A checksum around what the tunnel carries is wrong: the outer IPv4 header's, UDP's or GRE's.",
    "Find out what damages it, or whether the capture is damaged: what the tunnel carries may be damaged as well.",
  ),
  row(
    "martian-source",
    "drop",
    "The packet's source is no host's address: multicast, broadcast, of 0.0.0.0/8, or one of a link alone.",
    "Find out what sends it: such a source is forged, or of a host that has no address yet; nothing could be answered.",
  ),
];

const byName = new Map(REASONS.map((reason, code) => [reason.name, code]));

/** Code of a reason's name, as in assembly/abi.ts; undefined when there is none. */
export const reasonCode = (name: string): number | undefined => byName.get(name);
