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
export const DESC_SHARD = 24; // u32, written by deal
export const DESC_BACKEND = 28; // u32, network order: address of the backend a new flow should go to, 0 for any
export const DESC_SIZE = 32;

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
export const REASON_HELD_RETRANSMISSION = 45;
export const REASON_FIRST_MESSAGE_INCOMPLETE = 46;
export const REASON_UDP_NOT_IDENTIFIED = 47;
/// Its endpoint's connection is approved no more.
export const REASON_CONNECTION_LOST = 48;
/// What let it in is in the configuration no more.
export const REASON_FLOW_WITHDRAWN = 49;
/// Of rules that look at every request.
export const REASON_REQUEST_AMBIGUOUS = 50;
export const REASON_STREAM_OPAQUE = 51;
export const REASON_COUNT = 52;

/// Places for reasons in a block of counters, taken or not.
export const REASON_SLOTS = 64;

/// Plane counters, u64 each, at REGION_COUNTERS. The first REASON_COUNT of them count packets by reason.
export const COUNTER_FLOWS_CREATED = 64;
export const COUNTER_FLOWS_EXPIRED = 65;
export const COUNTER_FLOWS_ACTIVE = 66;
export const COUNTER_FLOWS_PEAK = 67;
export const COUNTER_FLOWS_DENIED = 68;
export const COUNTER_DENIALS_UNRECORDED = 69;
export const COUNTER_RESETS_SENT = 70;
export const COUNTER_TIME_EXCEEDED_SENT = 71;
export const COUNTER_HOLDS_PEAK = 72; // places of the hold pool in use at once
export const COUNTER_NAMES_ENCRYPTED = 73; // flows let through by the outer name of an encrypted hello
export const COUNTER_FLOWS_CUT = 75; // flows ended by a change of the configuration
export const COUNTER_COUNT = 80;

/// Per-endpoint counters, u64 each: packets by reason (drops only), then these.
export const ENDPOINT_FLOWS = 64;
export const ENDPOINT_TO_SERVICE_PACKETS = 65;
export const ENDPOINT_TO_SERVICE_BYTES = 66;
export const ENDPOINT_TO_CONSUMER_PACKETS = 67;
export const ENDPOINT_TO_CONSUMER_BYTES = 68;
export const ENDPOINT_COUNTER_COUNT = 72;

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

/// How a flow ended.
export const END_ALIVE = 0;
export const END_IDLE = 1;
export const END_CLOSED = 2;
export const END_RESET = 3;
export const END_REUSED = 4;
export const END_ADMITTED = 5; // of a denied flow only: a later packet of it was let in
export const END_REFUSED = 6; // what the client asked for was refused: a denied flow took its place
export const END_CUT = 7; // a change of the configuration ended it

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
/// Written by the host before configure.
export const CONTROL_HOLD_SLOTS = 64; // u32, places of the hold pool; 0 when no rule identifies by name
export const CONTROL_PORT_BLOCKS = 76; // u32, blocks of NAT ports that all pools share
/// Written by configure and activate.
export const CONTROL_TABLES_NEXT = 68; // u32, address at which the image that is activated next has to lie
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
export const REGION_DEALT_ORDER = 22; // u32 for each dealt descriptor: its index before
export const REGION_HANDS = 23;
export const REGION_REFUSED = 24;
export const REGION_INSPECTIONS = 25;
export const REGION_HOLDS = 26;
export const REGION_END = 27;
export const REGION_COUNT = 28;

/// What a shard was dealt: a stretch of the dealt descriptors and one of the dealt frames.
export const HAND_COUNT = 0; // u32, descriptors
export const HAND_FIRST = 4; // u32, index of the first one
export const HAND_BYTES = 8; // u32, bytes of frames with their padding
export const HAND_FRAMES = 12; // u32, offset of the first frame
export const HAND_SIZE = 16;

export const EMIT_CAPACITY = 4096;
export const EMIT_HEAD_SIZE = 128; // bytes of scratch for each generated packet
export const ENDED_CAPACITY = 2048;
/// Free places that must be left before a packet is handled; more than one packet can ever need.
export const EMIT_RESERVE = 128;
export const ENDED_RESERVE = 64;

/// Hot record: one direction of a flow, or a denied flow. A flow's request direction comes first, its reply direction
/// 64 bytes on; the flow's number is the index of the pair.
export const REC_KEY = 0; // 16 bytes: side + 1, protocol, network u16, then source, destination, ports as in the packet
export const REC_TEMPLATE = 16; // 16 bytes: IP delta u16, TCP or UDP delta u16, then new source, destination, ports
/// Within a template.
export const TEMPLATE_SOURCE = 4; // u32, network order
export const TEMPLATE_DESTINATION = 8; // u32, network order
export const TEMPLATE_PORTS = 12; // u16 twice, network order: source, destination
export const REC_ENDPOINT = 32; // u16
export const REC_BACKEND = 34; // u16
export const REC_SEEN = 36; // u8, SEEN_ bits
export const REC_TIMER = 37; // u8, index among the timeouts; tells the state
export const REC_EPOCH = 38; // u8, configuration that judged the flow last (flow/epoch.ts)
export const REC_TOUCH = 39; // u8, written to bring the record into the cache; never read
export const REC_LAST_SEEN = 40; // u64, ns
export const REC_SEQUENCE_END = 48; // u32, host order
export const REC_ACKNOWLEDGED = 52; // u32, host order
export const REC_PACKETS = 56; // u32
export const REC_BYTES = 60; // u32, low half; the high half is in the cold record
export const REC_SIZE = 64;
/// A denied flow uses the template's place for these.
export const DENIED_FIRST_SEEN = 16; // u64
export const DENIED_REASON = 24; // u8
export const DENIED_BYTES_HIGH = 28; // u32
export const DENIED_EPOCH = 52; // u32, configuration that refused it
export const DENIED_NAME = 48; // u32, serial of the report that has the name it asked for, 0 for none

/// Bits of REC_SEEN: the TCP flags seen, at their places in the header, and what else the direction knows.
export const SEEN_FIN = 0x01;
export const SEEN_SYN = 0x02;
export const SEEN_RST = 0x04;
export const SEEN_LINK = 0x08; // handle.ts has more to do than transpose: the link header, or the client's first message
export const SEEN_ACK = 0x10;
export const SEEN_SEQUENCE = 0x20; // REC_SEQUENCE_END holds a value
export const SEEN_MID_STREAM = 0x40; // admitted without its beginning
export const SEEN_ACKNOWLEDGED = 0x80; // REC_ACKNOWLEDGED holds a value
export const SEEN_TCP_MASK = 0x17;

/// Cold record: what a flow needs beside its hot records. Its index is the flow number.
export const COLD_FIRST_SEEN = 0; // u64; next free number while the flow is free
export const COLD_POOL_SLOT = 8; // u32
export const COLD_PORT = 12; // u16, NAT port, host order
export const COLD_RULE = 14; // u16
export const COLD_NAT_ADDRESS = 16; // u16, index among all NAT addresses
export const COLD_BYTES_HIGH = 18; // u16 for each direction
export const COLD_ALIVE = 22; // u8
export const COLD_RESET = 23; // u8, 1 when its rule asks for resets
export const COLD_SIZE = 24;

/// What is known of a flow's first message. Its index is the flow number; there when some rule identifies by name.
export const INSPECT_EXPECTS = 0; // u8, EXPECT_
export const INSPECT_MODE = 1; // u8, IDENTIFY_
export const INSPECT_MARKS = 2; // u8, MARK_
export const INSPECT_START = 4; // u32, sequence number of the client's first byte
export const INSPECT_JUDGED = 8; // u32, sequence number behind what was let through
export const INSPECT_ANSWER = 12; // u32, sequence number of the server's answer
export const INSPECT_NAME = 16; // u32, index of the allowed name that was asked for, plus one
export const INSPECT_HOLD = 20; // u32, its place in the hold pool, plus one
/// Of flows every request of which is looked at.
export const INSPECT_REST = 24; // u64, bytes of a body that come behind INSPECT_JUDGED
export const INSPECT_FORGOTTEN = 32; // u32, sequence number before which nothing can be compared
export const INSPECT_CHUNK = 36; // u32, size of the chunk, as far as it was read
export const INSPECT_SIZE = 40;
/// What the client is expected to send.
export const EXPECT_NOTHING = 0; // it may send what it likes
export const EXPECT_FIRST = 1; // its first message
export const EXPECT_HELLO = 2; // a ClientHello, or another request for encryption
export const EXPECT_TDS_HELLO = 3; // a ClientHello, plain or in PRELOGIN packets
export const EXPECT_AFTER = 4; // anything but another ClientHello, unless that bears the same name
export const EXPECT_ANSWER = 5; // anything, once the server has acknowledged what was let through
/// From here on of flows every request of which is looked at: where in their stream the first byte is that
/// is neither judged nor body.
export const EXPECT_REQUEST = 6; // a request's head
export const EXPECT_SIZE = 7; // at the size of a chunk
export const EXPECT_DIGIT = 8; // behind its first digit
export const EXPECT_EXTENSION = 9; // behind its semicolon
export const EXPECT_SIZE_END = 10; // behind its CR
export const EXPECT_CHUNK_END = 11; // behind a chunk's data
export const EXPECT_CHUNK_LINE_END = 12; // behind the CR there
export const EXPECT_TRAILER = 13; // at a field line behind the last chunk
export const EXPECT_TRAILER_NAME = 14; // in its name
export const EXPECT_TRAILER_VALUE = 15; // behind its colon
export const EXPECT_TRAILER_END = 16; // behind its CR
export const EXPECT_LAST_END = 17; // behind the CR of the empty line
export const MARK_STARTED = 1; // INSPECT_START holds a value
export const MARK_EARLY = 2; // the ClientHello offers early data
export const MARK_RETRY = 4; // the server asked for another ClientHello
export const MARK_ANSWER = 8; // INSPECT_ANSWER holds a value
export const MARK_ENCRYPTED = 16; // the name that counts is encrypted

/// Link header of a flow's first packet, in front of its IP header.
export const LINK_LENGTH = 0; // u8
export const LINK_TYPE = 1; // u8
export const LINK_BYTES = 2;
export const LINK_BYTES_MAX = 28;
export const LINK_SIZE = 32;

/// Report of an ended flow: both hot records and the cold one as they were.
export const ENDED_RECORDS = 0;
export const ENDED_COLD = 128;
export const ENDED_NUMBER = 160; // u32, from the flow capacity up for denied flows
export const ENDED_HOW = 164; // u8, END_
export const ENDED_NAME = 168; // u32, INSPECT_NAME of a flow
export const ENDED_SIZE = 192;

/// Report of a refused name.
export const REFUSED_SERIAL = 0; // u32, from 1 up
export const REFUSED_ENDPOINT = 4; // u16
export const REFUSED_REASON = 6; // u8
export const REFUSED_LENGTH = 8; // u32, of the whole name
export const REFUSED_CLIENT = 12; // u32, network order
export const REFUSED_NAME = 16; // at most 255 bytes, as names are compared
export const REFUSED_SIZE = 272;

/// NAT port pool.
export const POOL_IN_USE = 0; // u32
export const POOL_PEAK = 4; // u32
export const POOL_EXHAUSTED = 8; // u32
export const POOL_FRESH = 12; // u32, ports of the slice ever taken
export const POOL_FREE_HEAD = 16; // u32, port index + 1 of the port released longest ago, 0 for none
export const POOL_FREE_TAIL = 20; // u32
export const POOL_BLOCKS = 32; // u32 each, block number + 1
export const POOL_SIZE = 544;
export const BLOCK_NEXT = 0; // u16 for each port: index + 1 of the next free one
export const BLOCK_TICK = 1024; // u32 for each port: tick of its release
export const BLOCK_SIZE = 3072;

/// Configuration tables: one image built by the host. Offsets of sections are relative to the image.
export const TABLES_SEED = 0; // u64 twice
export const TABLES_FLAGS = 16; // u32
export const TABLES_SHARDS = 20; // u32
export const TABLES_QUARANTINE = 24; // u32, ticks
export const TABLES_TIMEOUTS = 32; // u32, section: u64 each, ns, by REC_TIMER
export const TABLES_VLANS = 36; // u32, section: u16 for each identifier, network + 1; consumer's side, then provider's
export const TABLES_VLAN_PAIRS = 40; // u32, section
export const TABLES_VLAN_PAIR_COUNT = 44; // u32
export const TABLES_ADDRESSES = 48; // u32, section: hash table of AddressEntry
export const TABLES_ADDRESS_MASK = 52; // u32
export const TABLES_ENDPOINTS = 56; // u32, section
export const TABLES_SERVICES = 60; // u32, section
export const TABLES_RULE_INDEX = 64; // u32, section: hash table of RuleEntry
export const TABLES_RULE_MASK = 68; // u32
export const TABLES_RULES = 72; // u32, section
export const TABLES_POOLS = 76; // u32, section: backend pools
export const TABLES_BACKENDS = 80; // u32, section
export const TABLES_NAT_ADDRESSES = 84; // u32, section: u32 each, network order
export const TABLES_NETWORKS = 88; // u32, section
export const TABLES_PEERS = 92; // u32, section: hash table of pairs of peered networks, u32 each
export const TABLES_PEER_MASK = 96; // u32
export const TABLES_FILTERS = 100; // u32, section: filters of endpoints
export const TABLES_FILTER_COUNT = 104; // u32
export const TABLES_NAMES = 108; // u32, section: hash table of NameEntry
export const TABLES_NAME_MASK = 112; // u32
export const TABLES_NAME_TEXTS = 116; // u32, section: bytes of the names
export const TABLES_NAME_ALLOW = 120; // u32, bit for each reason from REASON_AWAITING_NAME on that is let through
export const TABLES_HEADER_SIZE = 128;

export const FLAG_MID_STREAM_DROP = 1;
export const FLAG_ENDPOINT_SOURCES_DROP = 2;
export const FLAG_TIME_EXCEEDED = 4;
export const FLAG_KEEP_CONNECTIONS = 1024; // flows outlive their connection's approval
export const FLAG_OTHER_BEGINNING = 512; // servers may acknowledge other bytes than they were sent
export const FLAG_REFUSE_SILENTLY = 256; // no resets to a flow whose first message is refused

/// Timers 0 to 5 are those of the states; rules with an idle timeout of their own use later ones.
export const TIMER_RULES = 6;
export const TIMER_COUNT = 256;

export const VLAN_PAIR_OUTER = 0; // u16
export const VLAN_PAIR_INNER = 2; // u16
export const VLAN_PAIR_NETWORK = 4; // u16
export const VLAN_PAIR_SIDES = 6; // u16, bit 0 consumer's side, bit 1 provider's
export const VLAN_PAIR_SIZE = 8;

/// What an address of a network is: an endpoint's or a NAT address.
export const ADDRESS_IP_BE = 0; // u32
export const ADDRESS_NETWORK = 4; // u16
export const ADDRESS_KIND = 6; // u16, 0 for an empty place
export const ADDRESS_INDEX = 8; // u16, number of the endpoint
export const ADDRESS_GROUP = 10; // u16, NETWORK_GROUP of its network
export const ADDRESS_SIZE = 12;
export const KIND_ENDPOINT = 1;
export const KIND_NAT = 2;

export const NETWORK_GROUP = 0; // u16, first of the networks that peerings of whatever state join with it
export const NETWORK_BLOCK_COUNT = 2; // u16
export const NETWORK_BLOCKS = 4; // u32, section: blocks of its address space
export const NETWORK_SOURCES = 8; // u32, trie entry: not 0 for addresses from which its endpoints are reached
export const NETWORK_SIZE = 16;

export const BLOCK_ENTRY_ADDRESS = 0; // u32, host order
export const BLOCK_ENTRY_MASK = 4; // u32
export const BLOCK_ENTRY_SIZE = 8;

/// Trie entry: a value when odd, which is the value + 1, else a node relative to the image. A node is walked by one byte. Nodes lie
/// on cache lines; those of up to seven runs, which most are, fill one.
export const TRIE_VALUE = 1;
export const NODE_STARTS = 0; // u64 four times: bit b of word w for a run that starts at 64 * w + b
export const NODE_BEFORE = 32; // u8 for each of the four words: runs that start before it
export const NODE_RUNS = 36; // u32 each, entry of a run
export const NODE_ALIGNMENT = 64;

/// Filter of endpoints: entries of tries whose values are vectors, relative to the image.
export const FILTER_SOURCES = 0; // u32, by source address
export const FILTER_TCP = 4; // u32, by port in the upper half of the number
export const FILTER_UDP = 8; // u32
export const FILTER_ALLOWS = 12; // u32, bits of the rules that allow
export const FILTER_SIZE = 16;
/// Vector of a class: a bit for each rule that holds it, in the order they are asked, words of 64 rules without any left out.
export const VECTOR_AGGREGATE = 0; // u64, a bit for each word that is there
export const VECTOR_WORDS = 8; // u64 each

export const ENDPOINT_SERVICE = 0; // u16
export const ENDPOINT_CONNECTION = 2; // u8
export const ENDPOINT_NETWORK = 4; // u16
export const ENDPOINT_FILTER = 6; // u16, number of its filter + 1, 0 for none
export const ENDPOINT_LINK = 8; // u32, number of its connection
export const ENDPOINT_GROUP = 12; // u16, resource and group it is mapped to, plus one; 0 for none
export const ENDPOINT_SIZE = 16;

export const SERVICE_NETWORK = 0; // u16
export const SERVICE_NAT_COUNT = 2; // u16
export const SERVICE_NATS = 4; // u32, section: u32 each, numbers of its NAT addresses
export const SERVICE_SLOTS = 8; // u32, section: u32 each, TCP pool slot of each NAT address and each host; the UDP one is next
export const SERVICE_HOSTS = 12; // u32, backend addresses of its load balancer
export const SERVICE_HAS_MAC = 16; // u16
export const SERVICE_MAC = 18; // 6 bytes
export const SERVICE_SIZE = 24;

export const RULE_ENTRY_SERVICE = 0; // u16
export const RULE_ENTRY_PROTOCOL = 2; // u16, with bit 15 set in a place that is taken
export const RULE_ENTRY_PORT = 4; // u16, host order
export const RULE_ENTRY_RULE = 6; // u16
export const RULE_ENTRY_SIZE = 8;
export const RULE_ENTRY_TAKEN = 0x8000;

export const RULE_POOL = 0; // u16
export const RULE_BACKEND_PORT = 2; // u16, host order
export const RULE_DISTRIBUTION = 4; // u8
export const RULE_TIMER = 5; // u8
export const RULE_RESET = 6; // u8
export const RULE_IDENTIFY = 7; // u8, IDENTIFY_
export const RULE_SIZE = 8;

/// A name that a resource and group may be asked for by.
export const NAME_ENTRY_HASH = 0; // u32
export const NAME_ENTRY_GROUP = 4; // u16, plus one; 0 for an empty place
export const NAME_ENTRY_LENGTH = 6; // u16
export const NAME_ENTRY_TEXT = 8; // u32, offset among the texts
export const NAME_ENTRY_INDEX = 12; // u32
export const NAME_ENTRY_SIZE = 16;

export const BACKEND_POOL_TABLE = 0; // u32, section: u16 each, number of a backend
export const BACKEND_POOL_SLOTS = 4; // u32, prime size of the table, 0 when no backend takes new flows
export const BACKEND_POOL_MEMBERS = 8; // u32, section: u16 each, numbers of its backends in the configuration's order
export const BACKEND_POOL_COUNT = 12; // u32, its backends, in whatever state
export const BACKEND_POOL_SIZE = 16;

export const BACKEND_ADDRESS_BE = 0; // u32
export const BACKEND_HOST = 4; // u16, index among its load balancer's backend addresses
export const BACKEND_HAS_MAC = 6; // u16
export const BACKEND_MAC = 8; // 6 bytes
export const BACKEND_TAKES_FLOWS = 14; // u16, 1 when it is up and has a weight
export const BACKEND_SIZE = 16;

/// Salts and multipliers of the hashes (docs/behaviour.md, sections 4 and 5) are in assembly/flow/hash.ts.
