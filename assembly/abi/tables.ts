// The image of a configuration, as the host compiles it and the core reads it (abi.ts says what belongs here).

/// Configuration tables: one image built by the host. Offsets of sections are relative to the image.
export const TABLES_SEED = 0; // u64 twice
export const TABLES_FLAGS = 16; // u32
export const TABLES_SHARDS = 20; // u32
export const TABLES_QUARANTINE = 24; // u32, ticks
export const TABLES_DRAIN_COUNT = 28; // u32
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
export const TABLES_TUNNELS = 124; // u32, section: tunnels that are opened
export const TABLES_DRAINS = 128; // u32, section: drains by their backends' numbers
export const TABLES_FRAGMENT_LIFE = 136; // u64, ns a datagram is waited for
/// Of configurations with IPv6 addresses; empty else.
export const TABLES_INTERVALS = 144; // u32, section: intervals of the IPv6 space that blocks hold whole or not at all, ascending from ::
export const TABLES_INTERVAL_COUNT = 148; // u32
export const TABLES_KNOWN = 152; // u32, section: hash table of IPv6 addresses that AddressEntry is about
export const TABLES_KNOWN_MASK = 156; // u32
export const TABLES_NATS6 = 160; // u32, section: 16 bytes for each NAT address
export const TABLES_BACKENDS6 = 164; // u32, section: 16 bytes for each backend
export const TABLES_HEADER_SIZE = 192;

export const FLAG_MID_STREAM_DROP = 1;
export const FLAG_ENDPOINT_SOURCES_DROP = 2;
export const FLAG_TIME_EXCEEDED = 4;
export const FLAG_ANSWER_ECHO = 8;
export const FLAG_TOO_BIG_DROP = 16; // packets with don't-fragment that exceed the MTU of where they go
export const FLAG_TOO_BIG_ANSWER = 32; // and their senders are told
export const FLAG_CLAMP_MSS = 64;
export const FLAG_HALF_CLOSED = 128; // flows after FIN in one direction have a timeout of their own
export const FLAG_NAME_NETWORKS = 2048; // emits name the network that they leave to
export const FLAG_KEEP_CONNECTIONS = 1024; // flows outlive their connection's approval
export const FLAG_OTHER_BEGINNING = 512; // servers may acknowledge other bytes than they were sent
export const FLAG_REFUSE_SILENTLY = 256; // no resets to a flow whose first message is refused

/// Timers 0 to 6 are those of the states; rules with an idle timeout of their own use later ones.
export const TIMER_RULES = 7;
export const TIMER_COUNT = 256;

export const VLAN_PAIR_OUTER = 0; // u16
export const VLAN_PAIR_INNER = 2; // u16
export const VLAN_PAIR_NETWORK = 4; // u16
export const VLAN_PAIR_SIDES = 6; // u16, bit 0 consumer's side, bit 1 provider's
export const VLAN_PAIR_SIZE = 8;

/// Tunnels that are opened, TUNNEL_, and networks by the identifiers of what is in them, in ascending order.
export const TUNNELS_TYPES = 0; // u32, bit for each type
export const TUNNELS_PORT_COUNT = 4; // u32
export const TUNNELS_NETWORK_COUNT = 8; // u32
export const TUNNELS_PORTS = 16;
export const TUNNEL_PORTS_MAX = 8;
export const TUNNEL_PORT_BE = 0; // u16
export const TUNNEL_PORT_TYPE = 2; // u16
export const TUNNEL_PORT_SIZE = 4;
export const TUNNELS_NETWORKS = 48;
export const TUNNEL_NETWORK_IDENTIFIER = 0; // u32
export const TUNNEL_NETWORK_NUMBER = 4; // u16
export const TUNNEL_NETWORK_SIDES = 6; // u16, as VLAN_PAIR_SIDES
export const TUNNEL_NETWORK_SIZE = 8;

export const TUNNEL_VXLAN = 1;
export const TUNNEL_GENEVE = 2;
export const TUNNEL_NVGRE = 3;
export const TUNNEL_GRE = 4;

/// What an address of a network is: an endpoint's or a NAT address.
export const ADDRESS_IP_BE = 0; // u32; of an IPv6 address its KNOWN_NUMBER
export const ADDRESS_NETWORK = 4; // u16
export const ADDRESS_KIND = 6; // u16, 0 for an empty place
export const ADDRESS_INDEX = 8; // u16, number of the endpoint
export const ADDRESS_GROUP = 10; // u16, NETWORK_GROUP of its network
export const ADDRESS_SIZE = 12;
export const KIND_ENDPOINT = 1;
export const KIND_NAT = 2;
export const KIND_ENDPOINT6 = 3;
export const KIND_NAT6 = 4;

/// An IPv6 address that means something in some network.
export const KNOWN_ADDRESS = 0; // 16 bytes
export const KNOWN_NUMBER = 16; // u32, from 1 up; 0 for an empty place
export const KNOWN_SIZE = 20;

/// First address of an interval of the IPv6 space, as a number of 128 bits.
export const INTERVAL_HIGH = 0; // u64
export const INTERVAL_LOW = 8; // u64
export const INTERVAL_SIZE = 16;
/// What TABLES_NAT_ADDRESSES has for one that is IPv6.
export const NAT_IS_SIX = 0xffffffff;

export const NETWORK_GROUP = 0; // u16, first of the networks that peerings of whatever state join with it
export const NETWORK_BLOCK_COUNT = 2; // u16
export const NETWORK_BLOCKS = 4; // u32, section: blocks of its address space
export const NETWORK_SOURCES = 8; // u32, trie entry: not 0 for addresses from which its endpoints are reached
export const NETWORK_MTU = 12; // u16, bytes
export const NETWORK_SOURCES6 = 16; // u32, trie entry by interval: as NETWORK_SOURCES
export const NETWORK_OWN6 = 20; // u32, trie entry by interval: not 0 in its address space
export const NETWORK_SIZE = 24;

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
export const FILTER_SOURCES6 = 16; // u32, by interval of the source address
export const FILTER_SIZE = 20;
/// Vector of a class: a bit for each rule that holds it, in the order they are asked, words of 64 rules without any left out.
export const VECTOR_AGGREGATE = 0; // u64, a bit for each word that is there
export const VECTOR_WORDS = 8; // u64 each

export const ENDPOINT_SERVICE = 0; // u16
export const ENDPOINT_CONNECTION = 2; // u8
export const ENDPOINT_NETWORK = 4; // u16
export const ENDPOINT_FILTER = 6; // u16, number of its filter + 1, 0 for none
export const ENDPOINT_LINK = 8; // u32, number of its connection
export const ENDPOINT_GROUP = 12; // u16, resource and group it is mapped to, plus one; 0 for none
export const ENDPOINT_IDENTITY = 16; // u32, section: what a PROXY header bears behind its addresses, its length (u8) first; 0 for none
export const ENDPOINT_SIZE = 20;

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
export const RULE_BACKEND = 8; // u16, number of the one backend of an inbound NAT rule's port, plus one; 0 for the pool's
export const RULE_HOST = 10; // u16, with floating IP the frontend's place among the addresses that NAT ports are counted towards, plus one
export const RULE_ADDRESS_BE = 12; // u32, with floating IP the frontend's address, which requests are sent to; 0 of an IPv6 one
export const RULE_ADDRESS6_BE = 16; // 16 bytes, the same of an IPv6 frontend
export const RULE_SIZE = 32;

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

export const BACKEND_ADDRESS_BE = 0; // u32; 0 of an IPv6 backend
export const BACKEND_HOST = 4; // u16, index among its load balancer's backend addresses
export const BACKEND_HAS_MAC = 6; // u16
export const BACKEND_MAC = 8; // 6 bytes
export const BACKEND_TAKES_FLOWS = 14; // u8, 1 when new flows may go to it
export const BACKEND_DRAINED = 15; // u8, written by the core: 1 when its time to drain is over
export const BACKEND_SIZE = 16;

/// A backend that drains within a period.
export const DRAIN_PERIOD = 0; // u64, nanoseconds
export const DRAIN_BEGAN = 8; // u64, written by the core: its time, nanoseconds
export const DRAIN_BACKEND = 16; // u32, number
export const DRAIN_STATE = 20; // u32, written by the core: DRAIN_ values
export const DRAIN_SIZE = 24;
export const DRAIN_WAITS = 0; // for the first packet, or call of advance, behind the change
export const DRAIN_RUNS = 1;
export const DRAIN_OVER = 2;

/// Salts and multipliers of the hashes (docs/behaviour.md, sections 4 and 5) are in assembly/flow/hash.ts.
