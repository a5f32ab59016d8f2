// Records of what the stages looked at and decided about one packet, written while CONTROL_TRACE is set (abi.ts says what belongs
// here). Each has a stage, a result and up to seven values, whose meaning is said with the stage.

export const TRACE_STAGE = 0; // u8, STAGE_
export const TRACE_RESULT = 1; // u8, TRACE_GOES_ON or a verdict reason
export const TRACE_VALUES = 4; // u32 each
export const TRACE_VALUE_COUNT = 7;
export const TRACE_SIZE = 32;
export const TRACE_CAPACITY = 512; // records; what comes behind them is lost
export const TRACE_GOES_ON = 255; // the stage has nothing against the packet
export const TRACE_NONE = 0xffffffff; // of a value: there is none

/// Kind of packet (KIND_ of assembly/parse.ts), its network, the network the caller named, side + protocol * 256 + TCP flags * 65536
/// and why it is none that is translated. The result is what parsing drops or passes it for.
export const STAGE_PACKET = 1;
/// Number of a flow that ended before the packet was decided on, END_.
export const STAGE_ENDED = 2;
/// Number of the flow of its tuple or none, 1 for a flow and 2 for a denied one, 1 when it lives, STATE_, reason of a denied one.
export const STAGE_FLOW = 3;
/// Endpoint of the destination or none, endpoint of the source or none.
export const STAGE_ENDPOINT = 4;
/// 1 when the destination is a NAT address of the network.
export const STAGE_NAT_ADDRESS = 5;
/// TTL.
export const STAGE_TTL = 6;
/// Number of the denied flow, its reason. The result goes on when the stages are walked again.
export const STAGE_DENIED = 7;
/// Network of the packet, network of the endpoint, 1 when these are the same or peered: else the source is why.
export const STAGE_REACH = 8;
/// Endpoint, CONNECTION_.
export const STAGE_CONNECTION = 9;
/// Number of the endpoint's filter + 1 or 0 for none, index of the rule that decided or none, endpoint.
export const STAGE_ENDPOINT_RULES = 10;
/// Service, rule or none, protocol, port in host order.
export const STAGE_RULE = 11;
/// IDENTIFY_, 1 for a packet that is no beginning.
export const STAGE_BEGINNING = 12;
/// Backend, 1 when it takes new flows: one of those the pool has, at most 16 of which are said.
export const STAGE_CANDIDATE = 13;
/// Pool, hash, place of the pool's table or none, places, backend or none, backends of the pool.
export const STAGE_BALANCE = 14;
/// Flows there are, flows there may be.
export const STAGE_ROOM = 15;
/// NAT address, pool slot, port in host order or 0, ports of it in use.
export const STAGE_NAT_PORT = 16;
/// Number of the flow that was opened.
export const STAGE_OPENED = 17;
/// Number of a flow that was judged by a changed configuration.
export const STAGE_JUDGED = 18;
/// Source, destination (network order), ports as in the packet; the same as they leave.
export const STAGE_REWRITE = 19;
/// EXPECT_ before, EXPECT_ after, bytes judged, bytes at hand, TRACE_MORE, TRACE_PASS or TRACE_PASS_ALL, 1 when held bytes are among them;
/// the result is what is against it.
export const STAGE_MESSAGE = 20;
export const TRACE_MORE = 240; // more bytes are needed
export const TRACE_PASS = 250; // what there is may pass
export const TRACE_PASS_ALL = 251; // and all that follows
/// Index of the allowed name or none, length of the name; STAGE_TEXT records with its bytes follow.
export const STAGE_NAME = 21;
/// Up to 28 bytes.
export const STAGE_TEXT = 22;
/// Segments held with this one.
export const STAGE_HELD = 23;
/// Where the data of a held segment that was let go begin among those held, and how many they are.
export const STAGE_LET_GO = 24;
/// Bytes of the PROXY header that left, 1 when by itself; STAGE_TEXT records with it follow.
export const STAGE_PROXY_HEADER = 25;
/// Sequence or acknowledgement number before and after, 1 for an acknowledgement number.
export const STAGE_PROXY_SHIFT = 26;
/// What the plane sends, the side it leaves on.
export const STAGE_ANSWER = 27;
export const TRACE_TIME_EXCEEDED = 1;
export const TRACE_RESET = 2;
export const TRACE_TOO_BIG = 3;
export const TRACE_ECHO = 4;
/// Of a packet to an endpoint or NAT address that is none which is translated; the result is why.
export const STAGE_KIND = 29;
/// Of an ICMP error: source and destination of the packet in it (network order), its ports, its protocol. The result is what is
/// against it.
export const STAGE_EMBEDDED = 30;
/// Bytes of the packet, MTU of where it goes.
export const STAGE_SIZE = 31;
/// MSS before and after.
export const STAGE_MSS = 32;
/// Of a fragment: where its data begin and end in its datagram, 1 for the last one, the datagram's identification, FRAGMENT_, fragments
/// of it that are held.
export const STAGE_FRAGMENT = 33;
export const FRAGMENT_REFUSED = 0; // against it is the result, alone or with its datagram
export const FRAGMENT_FIRST = 1; // it bears the ports: what follows decides on it
export const FRAGMENT_FOLLOWS = 2; // it goes the way of the first one
export const FRAGMENT_HELD = 3; // it waits for the first one
export const FRAGMENT_LET_GO = 4; // it was held, and leaves behind the first one
export const FRAGMENT_DISCARDED = 5; // so many as were held end here with the result; no bytes are said
/// Of a client's data, or a packet that is no segment of its stream: sequence number or none, that of the next byte that is due or none,
/// bytes, SEGMENT_, reason.
export const STAGE_SEGMENT = 34;
export const SEGMENT_DROPPED = 0; // by itself, its flow stays
export const SEGMENT_REFUSES = 1; // its flow is refused with it
export const SEGMENT_ALLOWED = 2; // what is against it is allowed
/// Acknowledgement number of a server's packet, sequence number at which the client's stream began.
export const STAGE_OTHER_BEGINNING = 35;
/// TUNNEL_, outer source and destination (network order), identifier or none, network that it names or none, bytes of what is in the
/// tunnel, byte of the frame that it begins at. The result is why it is not opened.
export const STAGE_TUNNEL = 36;
/// Of an RST: sequence number, 1 when the other side has acknowledged anything and up to where, 1 when this side has sent anything and the
/// number behind it.
export const STAGE_RESET = 37;
/// ADDRESS_, an IPv6 address: four words as loaded. What STAGE_REWRITE, STAGE_EMBEDDED or STAGE_TUNNEL, which follows, has 0 for.
export const STAGE_ADDRESS = 46;
export const ADDRESS_SOURCE = 0;
export const ADDRESS_DESTINATION = 1;
export const ADDRESS_NEW_SOURCE = 2;
export const ADDRESS_NEW_DESTINATION = 3;
/// Of an ICMP error that leaves as one of the other family: type * 256 + code before, and after or none, the four bytes behind its
/// checksum (host order), 1 when that is IPv6.
export const STAGE_COUNTERPART = 38;
/// Flows that the client has, flows that it may have.
export const STAGE_CLIENT = 39;
/// The packet's source is no host's: no values.
export const STAGE_SOURCE = 40;
/// Endpoint of the source of a captured reply.
export const STAGE_CAPTURED_REPLY = 28;
