// The reasons of flows whose first message or requests are read, in the order of their codes in assembly/abi.ts.

import { type Reason, row } from "./reason.ts";

/** From REASON_AWAITING_NAME to REASON_UDP_NOT_IDENTIFIED. */
export const NAME_REASONS: readonly Reason[] = [
  row(
    "awaiting-name",
    "held",
    "The packet waits until the rest of its flow's first message has come.",
    "Nothing: it leaves with the rest of the message, or is counted under what is found against that.",
  ),
  row(
    "resource-denied",
    "drop",
    "The client asked for another resource than the one its endpoint is mapped to.",
    "Add the name to the resource's names if it is one of its own; else make an endpoint for that resource, or find out who wants to send data there.",
  ),
  row(
    "name-changed",
    "drop",
    "The client's second ClientHello bears another name than its first.",
    "Find out what the client is: none that is in order does so.",
  ),
  row(
    "name-missing",
    "drop",
    "The client's first message names no resource.",
    "Have the client send a server name or Host, or set identification.missingName: allow.",
  ),
  row(
    "name-ambiguous",
    "drop",
    "The client's first message names more than one resource.",
    "Find out what the client is: none that is in order does so.",
  ),
  row(
    "name-encrypted",
    "drop",
    "The name in the ClientHello is encrypted, and identification.encryptedName is deny.",
    "Set it to allow to let the outer name decide, or turn encrypted hellos off at the client.",
  ),
  row(
    "protocol-unexpected",
    "drop",
    "The client's first message is not of the protocol by which the rule identifies.",
    "Correct the rule's identify; a protocol in which the server speaks first needs address. Of a connection that was taken up in its middle, capture the beginning, or lengthen the idle timeout that ended its flow.",
  ),
  row(
    "http2-prior-knowledge",
    "drop",
    "The client speaks HTTP/2 without encryption from the first byte, which is not decoded.",
    "Use HTTP/1.1 or TLS, or set identification.http2PriorKnowledge: allow.",
  ),
  row(
    "first-message-too-long",
    "drop",
    "The client's first message is not complete within 16,384 bytes or 64 segments.",
    "Shorten the client's headers, or set identification.messageTooLong: allow.",
  ),
  row(
    "segments-conflict",
    "drop",
    "Segments of the client's first message do not make one stream: other bytes in the same place, another beginning, or data before it, where a PROXY header stands.",
    "Find out what the client is: this is how filters are deceived.",
  ),
  row(
    "hold-pool-full",
    "drop",
    "There is no place to hold the flow's first message in until it is complete.",
    "Raise identification.holdSlots.",
  ),
  row(
    "request-ambiguous",
    "drop",
    "It can be read in more than one way where a request of the client ends, so another could hide behind it.",
    "Find out what the client is: with everyRequest it must send one sound Content-Length, or chunked alone, or neither.",
  ),
  row(
    "stream-opaque",
    "drop",
    "The client asks to leave HTTP (CONNECT, Upgrade), and the rule looks at every request.",
    "Turn the upgrade off at the client, or use a rule of its own without everyRequest.",
  ),
  row(
    "held-retransmission",
    "drop",
    "The segment brings nothing new: its bytes are held, or lie before those that can be compared.",
    "Nothing, once in a while; many of them mean loss between the client and the plane.",
  ),
  row(
    "first-message-incomplete",
    "drop",
    "The packet was held, and the rest of its flow's first message never came.",
    "Capture the whole connection, and all its packets.",
  ),
  row(
    "udp-not-identified",
    "drop",
    "UDP bears no name that could be read, and the rule identifies by name.",
    "Use TCP, or a rule of its own with identify: address.",
  ),
];
