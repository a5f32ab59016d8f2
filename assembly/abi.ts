// The numbers both sides of the boundary share. Compiled by asc, where they fold into immediates, and imported by the
// host. Only un-annotated integer constants belong here. Offsets are in bytes; integers in linear memory are little
// endian, addresses and ports of packets are in network order.

export const ABI_VERSION = 1;

/// Link types of a descriptor.
export const LINK_ETHERNET = 0;
export const LINK_RAW = 1;
export const LINK_NULL = 2;
export const LINK_SLL = 3;
export const LINK_SLL2 = 4;
/// Any other link type: the frame is passed with REASON_LINK_TYPE.
export const LINK_OTHER = 5;

/// Side of the plane on which a frame enters or leaves.
export const SIDE_CONSUMER = 0;
export const SIDE_PROVIDER = 1;
/// Of a descriptor only: as captured at the consumer, requests and replies alike; what leaves leaves on the provider's side.
export const SIDE_CAPTURED = 2;

/// Descriptor in: one frame of a batch.
export const DESC_FRAME = 0; // u32, address of the frame in linear memory
export const DESC_CAPTURED = 4; // u32, captured length
export const DESC_WIRE = 8; // u32, length on the wire, not below the captured length
export const DESC_NETWORK = 12; // u16, index of the virtual network the caller says it came from
export const DESC_LINK = 14; // u8
export const DESC_SIDE = 15; // u8
export const DESC_TIME = 16; // u64, nanoseconds
export const DESC_SHARD = 24; // u16, written by deal
/// Of a fragment that is dealt: the number of its datagram, with DATAGRAM_ flags; 0 when it has none.
export const DESC_DATAGRAM = 26; // u16
export const DESC_BACKEND = 28; // u32, network order: address of the backend a new flow should go to, 0 for any
export const DESC_SIZE = 32;

/// DESC_SHARD of a frame that was dealt to none, since whoever deals has decided on it.
export const NO_SHARD = 0xff;
export const DATAGRAM_NUMBER = 0x7ff;
/// Nothing of the datagram was dealt to this shard before.
export const DATAGRAM_BEGINS = 0x4000;
/// It was held until the first fragment came, which follows; its verdict was given when it was.
export const DATAGRAM_HELD = 0x8000;

/// Verdict out, parallel to the descriptors.
export const VERDICT_CODE = 0; // u8
export const VERDICT_REASON = 1; // u8
export const VERDICT_SIDE = 2; // u8, side on which a forwarded frame leaves; SIDE_CAPTURED of a captured reply, turned back
export const VERDICT_EMITS = 4; // u32, number of emits of this input
export const VERDICT_FIRST_EMIT = 8; // u32, index of the first one
export const VERDICT_FLOW = 12; // u32, flow number or NO_FLOW
export const VERDICT_SIZE = 16;

export const FORWARD = 1;
export const DROP = 2;
export const PASS = 3;
export const HELD = 4;

/// Flow number of a packet that belongs to no flow. Denied flows are numbered from the flow capacity up.
export const NO_FLOW = 0xffffffff;

/// Emit: one packet leaving. Its bytes are the head followed by the body; either may be empty.
export const EMIT_HEAD = 0; // u32, address
export const EMIT_HEAD_LENGTH = 4; // u32
export const EMIT_BODY = 8; // u32, address
export const EMIT_BODY_LENGTH = 12; // u32, captured bytes
export const EMIT_WIRE_LENGTH = 16; // u32, head and body as long as they are on the wire
export const EMIT_FLOW = 20; // u32
export const EMIT_SIDE = 24; // u8
export const EMIT_CAUSE = 25; // u8
export const EMIT_LINK = 26; // u8
export const EMIT_NETWORK = 28; // u16, network that it leaves to; written only where FLAG_NAME_NETWORKS asks for it
export const EMIT_SIZE = 32;

export const CAUSE_INPUT = 0;
export const CAUSE_HELD = 1;
export const CAUSE_TIMER = 2;
/// A packet the plane made in answer to this input (ICMP time exceeded).
export const CAUSE_ANSWER = 3;

/// Verdict reasons. docs/reasons.md has a row for each; host/reasons.ts their names and sentences.
export const REASON_FORWARDED = 0;
export const REASON_NEW_FLOW = 1;
export const REASON_MID_STREAM_ADMITTED = 2;
export const REASON_NOT_IP = 3;
export const REASON_IPV6 = 4;
export const REASON_LINK_TYPE = 5;
export const REASON_VLAN_DEPTH = 6;
export const REASON_TUNNEL = 7;
export const REASON_NO_ENDPOINT = 8;
export const REASON_TRUNCATED = 9;
export const REASON_BAD_IP_HEADER = 10;
export const REASON_BAD_IP_LENGTH = 11;
export const REASON_BAD_TCP_HEADER = 12;
export const REASON_BAD_UDP_LENGTH = 13;
export const REASON_ICMP = 14;
export const REASON_FRAGMENT = 15;
export const REASON_PROTOCOL = 16;
export const REASON_SPOOFED_ENDPOINT = 17;
export const REASON_TTL_EXPIRED = 18;
export const REASON_CONNECTION_PENDING = 19;
export const REASON_CONNECTION_REJECTED = 20;
export const REASON_CONNECTION_DISCONNECTED = 21;
export const REASON_NO_RULE = 22;
export const REASON_MID_STREAM = 23;
export const REASON_NO_BACKEND = 24;
export const REASON_FLOW_TABLE_FULL = 25;
export const REASON_NAT_EXHAUSTED = 26;
export const REASON_NO_FLOW = 27;
/// Of captured replies only: the request is not in the capture.
export const REASON_REPLY_UNMATCHED = 28;
/// Of captured replies only: the plane refused their flow.
export const REASON_REPLY_REFUSED = 29;
/// Given by the replay, not by the core: a request whose client's tuple has a flow to another captured server.
export const REASON_TUPLE_TAKEN = 30;
/// Its network may not reach the endpoint, or its source lies nowhere from where it is reached.
export const REASON_ENDPOINT_UNREACHABLE = 31;
/// The endpoint's subscription may not see the service.
export const REASON_CONNECTION_REFUSED = 32;
export const REASON_ENDPOINT_RULE_DENIED = 33;
/// Of a packet that waits for the rest of its flow's first message. Its counter says how many wait now: a packet that is let
/// through or discarded in the end moves to the counter of that reason.
export const REASON_AWAITING_NAME = 34;
export const REASON_RESOURCE_DENIED = 35;
export const REASON_NAME_CHANGED = 36;
export const REASON_NAME_MISSING = 37;
export const REASON_NAME_AMBIGUOUS = 38;
export const REASON_NAME_ENCRYPTED = 39;
export const REASON_PROTOCOL_UNEXPECTED = 40;
export const REASON_HTTP2_PRIOR_KNOWLEDGE = 41;
export const REASON_FIRST_MESSAGE_TOO_LONG = 42;
export const REASON_SEGMENTS_CONFLICT = 43;
export const REASON_HOLD_POOL_FULL = 44;
/// Of rules that look at every request.
export const REASON_REQUEST_AMBIGUOUS = 45;
export const REASON_STREAM_OPAQUE = 46;
/// What a client sent is refused for reasons from REASON_RESOURCE_DENIED to this one.
export const REASON_REFUSED_LAST = 46;
export const REASON_HELD_RETRANSMISSION = 47;
export const REASON_FIRST_MESSAGE_INCOMPLETE = 48;
export const REASON_UDP_NOT_IDENTIFIED = 49;
/// Its endpoint's connection is approved no more.
export const REASON_CONNECTION_LOST = 50;
/// What let it in is in the configuration no more.
export const REASON_FLOW_WITHDRAWN = 51;
/// Of ICMP.
export const REASON_ICMP_ERROR = 52;
export const REASON_ICMP_MALFORMED = 53;
export const REASON_ICMP_BAD_CHECKSUM = 54;
export const REASON_ICMP_NO_FLOW = 55;
export const REASON_ICMP_ECHO = 56;
export const REASON_PACKET_TOO_BIG = 57;
/// Its backend's time to drain is over.
export const REASON_BACKEND_DRAINED = 58;
/// Of fragments. Its counter says how many wait now, as that of REASON_AWAITING_NAME does.
export const REASON_AWAITING_FRAGMENT = 59;
export const REASON_FRAGMENT_MALFORMED = 60;
export const REASON_FRAGMENT_DUPLICATE = 61;
export const REASON_FRAGMENT_OVERLAP = 62;
export const REASON_FRAGMENT_TABLE_FULL = 63;
export const REASON_FRAGMENT_POOL_FULL = 64;
export const REASON_FRAGMENT_TIMEOUT = 65;
/// Its sequence number is none that the other side would take an RST with: it leaves, and the flow stays.
export const REASON_RESET_OUT_OF_SEQUENCE = 66;
export const REASON_IPV6_EXTENSION = 67;
/// Its flow, whose rule asks for resets, was silent for longer than its timeout.
export const REASON_FLOW_EXPIRED = 68;
/// A client has as many flows as it may.
export const REASON_CLIENT_FLOWS_FULL = 69;
/// Of tunnels that are opened.
export const REASON_TUNNEL_FRAGMENT = 70;
export const REASON_TUNNEL_BAD_CHECKSUM = 71;
export const REASON_MARTIAN_SOURCE = 72;
export const REASON_COUNT = 73;

/// Places for reasons in a block of counters, taken or not.
export const REASON_SLOTS = 128;

/// Plane counters, u64 each, at REGION_COUNTERS. The first REASON_COUNT of them count packets by reason.
export const COUNTER_FLOWS_CREATED = 128;
export const COUNTER_FLOWS_EXPIRED = 129;
export const COUNTER_FLOWS_ACTIVE = 130;
export const COUNTER_FLOWS_PEAK = 131;
export const COUNTER_FLOWS_DENIED = 132;
export const COUNTER_DENIALS_UNRECORDED = 133;
export const COUNTER_RESETS_SENT = 134;
export const COUNTER_ICMP_SENT = 135;
export const COUNTER_HOLDS_PEAK = 136; // places of the hold pool in use at once
export const COUNTER_NAMES_ENCRYPTED = 137; // flows let through by the outer name of an encrypted hello
export const COUNTER_PROXY_HEADERS_SENT = 138;
export const COUNTER_FLOWS_CUT = 139; // flows ended by a change of the configuration
export const COUNTER_FLOWS_EVICTED = 140; // opening flows that gave way to another one
export const COUNTER_COUNT = 144;

/// Per-endpoint counters, u64 each: packets by reason (drops only), then these.
export const ENDPOINT_FLOWS = 128;
export const ENDPOINT_TO_SERVICE_PACKETS = 129;
export const ENDPOINT_TO_SERVICE_BYTES = 130;
export const ENDPOINT_TO_CONSUMER_PACKETS = 131;
export const ENDPOINT_TO_CONSUMER_BYTES = 132;
export const ENDPOINT_COUNTER_COUNT = 136;

/// Per-backend counters, u64 each.
export const BACKEND_FLOWS = 0; // flows created
export const BACKEND_ACTIVE = 1; // flows alive
export const BACKEND_TO_SERVICE_PACKETS = 2;
export const BACKEND_TO_SERVICE_BYTES = 3;
export const BACKEND_TO_CONSUMER_PACKETS = 4;
export const BACKEND_TO_CONSUMER_BYTES = 5;
export const BACKEND_COUNTER_COUNT = 8;

/// Connection states of an endpoint.
export const CONNECTION_APPROVED = 0;
export const CONNECTION_PENDING = 1;
export const CONNECTION_REJECTED = 2;
export const CONNECTION_DISCONNECTED = 3;
export const CONNECTION_REFUSED = 4;

/// How a rule finds the resource that a flow asks for.
export const IDENTIFY_ADDRESS = 0; // not at all: the endpoint's address is all there is
export const IDENTIFY_TLS = 1;
export const IDENTIFY_HTTP = 2;
export const IDENTIFY_AUTO = 3;
export const IDENTIFY_REQUESTS = 4; // HTTP, and every request of a connection

export const DISTRIBUTION_DEFAULT = 0;
export const DISTRIBUTION_SOURCE_IP = 1;
export const DISTRIBUTION_SOURCE_IP_PROTOCOL = 2;

export const PROTOCOL_ANY = 0;
export const PROTOCOL_ICMP = 1;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;

/// States of a flow, also the index of its timeout among a rule's timeouts.
export const STATE_OPENING = 0;
export const STATE_ESTABLISHED = 1;
export const STATE_CLOSING = 2;
export const STATE_RESET = 3;
export const STATE_UDP = 4;
export const STATE_DENIED = 5;
export const STATE_HALF_CLOSED = 6;

/// How a flow ended.
export const END_ALIVE = 0;
export const END_IDLE = 1;
export const END_CLOSED = 2;
export const END_RESET = 3;
export const END_REUSED = 4;
export const END_ADMITTED = 5; // of a denied flow only: a later packet of it was let in
export const END_REFUSED = 6; // what the client asked for was refused: a denied flow took its place
export const END_CUT = 7; // a change of the configuration ended it
export const END_EVICTED = 8; // not answered yet, it gave way to another one

/// Limits of the core.
export const BATCH_MAX = 1024; // frames a call of process takes
export const DEAL_MAX = 4096; // frames a call of deal takes
export const SHARDS_MAX = 64;
export const LANE = 64; // frames the passes of a batch hold at once
export const RELEASE_PER_PACKET = 1; // due flows released before a packet is handled
export const JUDGE_PER_ADVANCE = 1024; // flows judged again by a call of advance, after a change of the configuration
export const RELEASE_WHEN_FULL = 16; // more of them when a flow finds no port or no room
export const TICK_SHIFT = 28; // one tick of the timing wheel is 2^28 ns
export const WHEEL_TICKS = 32768;
export const PORT_FIRST = 1024;
export const PORT_COUNT = 64512;
export const PORT_BLOCK = 512;
export const FRAME_MAX = 262144; // bytes of one frame, the largest snaplen capture tools use

export const FIRST_MESSAGE_MAX = 16384; // bytes of a flow's first message that are looked at
export const HELD_SEGMENTS_MAX = 64; // segments of it that are held
export const HOLD_SPARE = 128; // places of the hold pool beyond those that may be in use: given up, and not yet read by the host

export const DATAGRAMS_MAX = 1024; // datagrams of which fragments may come at once
export const STRETCHES_MAX = 64; // fragments of one datagram
export const FRAGMENTS_HELD_MAX = 64; // fragments that wait for the first of their datagram, of all of them together
export const FRAGMENT_BYTES_MAX = 9216; // captured bytes of a frame that is held
/// Order of a dealt descriptor that was no descriptor of the batch: of a fragment that was held.
export const DEALT_HELD = 0xffffffff;
/// What is known of datagrams as a whole, at REGION_FRAGMENTS. The lists and the datagrams lie behind it, then the places.
export const FRAGMENT_CLOCK = 0; // u64, ns, of an instance that deals
export const FRAGMENT_OLDEST = 8; // u32, number of the datagram made first, of those there are; 0 for none
export const FRAGMENT_NEWEST = 12; // u32
export const FRAGMENT_FREE = 16; // u32, number of the first free datagram of those that were
export const FRAGMENT_TOP = 20; // u32, how many ever were at once
export const FRAGMENT_PLACE_FREE = 24; // u32, the same of places
export const FRAGMENT_PLACE_TOP = 28; // u32
export const FRAGMENT_PLACE_HELD = 32; // u32, fragments that wait
export const FRAGMENT_STATE_SIZE = 64;
export const FRAGMENT_PLACE_HEAD = 32; // bytes in front of a frame in its place
export const FRAGMENT_PLACE_SIZE = FRAGMENT_PLACE_HEAD + FRAGMENT_BYTES_MAX;
export const FRAGMENT_PLACES = 2 * FRAGMENTS_HELD_MAX; // as many may wait as may have left and not been read

/// Control block, at a fixed place. The host writes the first part before configure and reads the rest after it.
export const CONTROL_AT = 1024;
export const CONTROL_MAX_FLOWS = 0; // u32
export const CONTROL_MAX_DENIED = 4; // u32
export const CONTROL_TABLES_SIZE = 8; // u32, bytes that an image of tables may have
export const CONTROL_POOL_SLOTS = 12; // u32, NAT port pools that may come to exist
export const CONTROL_ENDPOINTS = 16; // u32
export const CONTROL_BACKENDS = 20; // u32
export const CONTROL_RING_SIZE = 24; // u32, bytes for frames of one batch
export const CONTROL_KEEP_LINKS = 28; // u32, 1 keeps the link header of each flow's first packet
export const CONTROL_KEEP_ENDED = 32; // u32, 1 reports flows as they end
export const CONTROL_SHARD = 56; // u32, which of the configuration's shards this instance is
export const CONTROL_DEALS = 60; // u32, 1 makes an instance that deals frames out to shards and holds no flows
/// Written by process and advance.
export const CONTROL_EMIT_COUNT = 36; // u32
export const CONTROL_ENDED_COUNT = 40; // u32
export const CONTROL_DENIED_TOP = 44; // u32, denied numbers ever used
export const CONTROL_FLOW_TOP = 48; // u32, flow numbers ever used
export const CONTROL_MORE_DUE = 52; // u32, 1 when advance left due flows for the next call
export const CONTROL_REFUSED_COUNT = 72; // u32, reports of refused names
export const CONTROL_TRACED = 84; // u32, records written
/// Written by the host before configure.
export const CONTROL_HOLD_SLOTS = 64; // u32, places of the hold pool; 0 when no rule identifies by name
export const CONTROL_PORT_BLOCKS = 76; // u32, blocks of NAT ports that all pools share
export const CONTROL_FRAGMENTS = 104; // u32, 1 when fragments are translated
/// Written by configure and activate.
export const CONTROL_TABLES_NEXT = 68; // u32, address at which the image that is activated next has to lie
export const CONTROL_TRACE = 80; // u32, read by process and advance: 1 writes down what the stages look at and decide
export const CONTROL_PROXIES = 100; // u32, 1 when some service puts PROXY headers in front of streams
export const CONTROL_EVICTS = 116; // u32, 1 when flows that open take the place of others that do, where there is none
export const CONTROL_CLIENT_FLOWS = 124; // u32, flows that a client may have at once, 0 for any number
export const CONTROL_SIX = 108; // u32, 1 when there are IPv6 addresses
export const CONTROL_BOOK_BUCKETS = 112; // u32, written by configure: buckets in front of the places of the book of addresses
export const CONTROL_FRAGMENT_PLACES = 120; // u32, written by configure: address of the places of fragments that wait
export const CONTROL_HOLD_REMEMBERS = 96; // u32, 1 when some rule looks at every request
/// Addresses of the regions, u32 each, written by configure.
export const CONTROL_REGIONS = 128;
export const REGION_RING = 0;
export const REGION_DESCRIPTORS = 1;
export const REGION_VERDICTS = 2;
export const REGION_EMITS = 3;
export const REGION_HEADS = 4;
export const REGION_ENDED = 5;
export const REGION_LANES = 6;
export const REGION_COUNTERS = 7;
export const REGION_ENDPOINT_COUNTERS = 8;
export const REGION_BACKEND_COUNTERS = 9;
export const REGION_TABLES = 10;
export const REGION_WHEEL = 11;
export const REGION_POOL_SLOTS = 12;
export const REGION_POOLS = 13;
export const REGION_PORT_BLOCKS = 14;
export const REGION_TIMERS = 15;
export const REGION_LINKS = 16;
export const REGION_INDEX = 17;
export const REGION_COLD = 18;
export const REGION_RECORDS = 19;
/// Of an instance that deals: frames and descriptors by shard, in order within each; where each lay; the shards' hands.
export const REGION_DEALT_FRAMES = 20;
export const REGION_DEALT_DESCRIPTORS = 21;
export const REGION_DEALT_ORDER = 22; // u32 for each dealt descriptor: its index before, or DEALT_HELD
export const REGION_HANDS = 23;
export const REGION_REFUSED = 24;
export const REGION_INSPECTIONS = 25;
export const REGION_HOLDS = 26;
export const REGION_PROXIES = 27;
export const REGION_TRACE = 28;
export const REGION_FRAGMENTS = 29;
export const REGION_ADDRESSES = 30; // the book of IPv6 addresses
export const REGION_OPENINGS = 31;
/// Of an instance that deals: bodies of emits that lie in no dealt frame.
export const REGION_DEALT_KEPT = 32;
export const REGION_CLIENTS = 33; // how many flows each has
export const REGION_END = 34;
export const REGION_COUNT = 35;

/// What a shard was dealt: a stretch of the dealt descriptors and one of the dealt frames.
export const HAND_COUNT = 0; // u32, descriptors
export const HAND_FIRST = 4; // u32, index of the first one
export const HAND_BYTES = 8; // u32, bytes of frames with their padding
export const HAND_FRAMES = 12; // u32, offset of the first frame
export const HAND_SIZE = 16;

export const EMIT_CAPACITY = 4096;
export const EMIT_HEAD_SIZE = 256; // bytes of scratch for each generated packet
export const ENDED_CAPACITY = 2048;
/// Free places that must be left before a packet is handled; more than one packet can ever need.
export const EMIT_RESERVE = 128;
export const ENDED_RESERVE = 64;
