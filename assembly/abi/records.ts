// The records of flows and what hangs on them, and the reports of what ended or was refused (abi.ts says what belongs here).

/// Hot record: one direction of a flow, or a denied flow. A flow's request direction comes first, its reply direction
/// 64 bytes on; the flow's number is the index of the pair.
export const REC_NETWORK = 2; // u16, within the key
export const REC_KEY = 0; // 16 bytes: side + 1 (and 4 when the addresses are IPv6: places of the book), protocol, network u16, then source, destination, ports as in the packet
export const REC_TEMPLATE = 16; // 16 bytes: IP delta u16, TCP or UDP delta u16, then new source, destination, ports
/// Within a key's first byte: its addresses are IPv6.
export const KEY_SIX = 4;
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
export const SEEN_HANDLED = 0x08; // handle.ts has more to do than transpose: IPv6, the link header, the client's first message or a PROXY header
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

/// PROXY header of a flow. Its index is the flow number; there when some service puts headers in front of streams.
export const PROXY_START = 0; // u32, sequence number of the client's first byte
export const PROXY_LENGTH = 4; // u8, bytes of the header; 0 for a flow without one
export const PROXY_MARKS = 5; // u8, PROXY_ bits
export const PROXY_SIZE = 8;
export const PROXY_STARTED = 1; // PROXY_START holds a value
export const PROXY_LEFT = 2; // a packet with the header left
export const PROXY_ACKNOWLEDGED = 4; // the server has it
export const PROXY_FOLLOWED = 8; // a packet with the client's first byte, or its FIN there, left

/// Place of the book of IPv6 addresses, which are counted from 1.
export const BOOK_ADDRESS = 0; // 16 bytes
export const BOOK_NEXT = 16; // u32, place of the next of the chain or of the free ones, 0 for none
export const BOOK_USERS = 20; // u32
export const BOOK_ENTRY_SIZE = 24;

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
export const ENDED_ADDRESSES = 172; // 16 bytes each: IPv6 addresses of client, endpoint, NAT and backend, where they are IPv6
export const ENDED_SIZE = 240;

/// Report of a refused name.
export const REFUSED_SERIAL = 0; // u32, from 1 up
export const REFUSED_ENDPOINT = 4; // u16
export const REFUSED_REASON = 6; // u8
export const REFUSED_LENGTH = 8; // u32, of the whole name
export const REFUSED_SIX = 7; // u8, 1 when the client's address is IPv6
export const REFUSED_CLIENT = 12; // u32, network order; 16 bytes of an IPv6 address
export const REFUSED_NAME = 28; // at most 255 bytes, as names are compared
export const REFUSED_SIZE = 288;

/// NAT port pool.
export const POOL_IN_USE = 0; // u32
export const POOL_PEAK = 4; // u32
export const POOL_EXHAUSTED = 8; // u32
export const POOL_FRESH = 12; // u32, ports of the slice ever taken
export const POOL_FREE_HEAD = 16; // u32, port index + 1 of the port released longest ago, 0 for none
export const POOL_FREE_TAIL = 20; // u32
export const POOL_OPENING = 24; // u32 twice, flow number + 1 of the first and the last of its opening flows
export const POOL_BLOCKS = 32; // u32 each, block number + 1
export const POOL_SIZE = 544;
export const PORT_NEXT = 0; // u16, of a port in its block: index + 1 of the next free one
export const PORT_TICK = 2; // u32, tick of its release
export const PORT_SIZE = 6;
export const BLOCK_SIZE = 3072; // ports side by side
