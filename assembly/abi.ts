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

/// Descriptor in: one frame of a batch.
export const DESC_FRAME = 0; // u32, address of the frame in linear memory
export const DESC_CAPTURED = 4; // u32, captured length
export const DESC_WIRE = 8; // u32, length on the wire, not below the captured length
export const DESC_NETWORK = 12; // u16, index of the virtual network the caller says it came from
export const DESC_LINK = 14; // u8
export const DESC_SIDE = 15; // u8
export const DESC_TIME = 16; // u64, nanoseconds
export const DESC_SIZE = 32;

/// Verdict out, parallel to the descriptors.
export const VERDICT_CODE = 0; // u8
export const VERDICT_REASON = 1; // u8
export const VERDICT_SIDE = 2; // u8, side on which a forwarded frame leaves
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
/// Given by the replay, not by the core: a captured reply whose request is not in the capture.
export const REASON_REPLY_UNMATCHED = 28;
/// Given by the replay, not by the core: a captured reply of a flow that the plane refused.
export const REASON_REPLY_REFUSED = 29;
export const REASON_COUNT = 30;

/// Plane counters, u64 each, at REGION_COUNTERS. The first REASON_COUNT of them count packets by reason.
export const COUNTER_FLOWS_CREATED = 32;
export const COUNTER_FLOWS_EXPIRED = 33;
export const COUNTER_FLOWS_ACTIVE = 34;
export const COUNTER_FLOWS_PEAK = 35;
export const COUNTER_FLOWS_DENIED = 36;
export const COUNTER_DENIALS_UNRECORDED = 37;
export const COUNTER_RESETS_SENT = 38;
export const COUNTER_TIME_EXCEEDED_SENT = 39;
export const COUNTER_COUNT = 40;

/// Per-endpoint counters, u64 each: packets by reason (drops only), then these.
export const ENDPOINT_FLOWS = 32;
export const ENDPOINT_TO_SERVICE_PACKETS = 33;
export const ENDPOINT_TO_SERVICE_BYTES = 34;
export const ENDPOINT_TO_CONSUMER_PACKETS = 35;
export const ENDPOINT_TO_CONSUMER_BYTES = 36;
export const ENDPOINT_COUNTER_COUNT = 40;

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

/// Limits of the core.
export const BATCH_MAX = 1024; // frames a call of process takes
export const LANE = 256; // frames the passes of a batch hold at once
export const RELEASE_PER_PACKET = 2; // due flows released before a packet is handled
export const RELEASE_WHEN_FULL = 16; // more of them when a flow finds no port or no room
export const TICK_SHIFT = 28; // one tick of the timing wheel is 2^28 ns
export const WHEEL_TICKS = 32768;
export const PORT_FIRST = 1024;
export const PORT_COUNT = 64512;
export const PORT_BLOCK = 512;
export const FRAME_MAX = 262144; // bytes of one frame, the largest snaplen capture tools use
