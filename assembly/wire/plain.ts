// The frame that nearly all are: untagged Ethernet, IPv4 without options, TCP or UDP. Everything stands at a fixed place, so that
// a few compares say whether a frame is one.

const TYPE_AND_VERSION: usize = 12; // ethertype, version and header length, type of service
export const IP: u32 = 14;
const IP_LENGTH: usize = 16;
const IP_FRAGMENT: usize = 20;
const IP_PROTOCOL: usize = 23;
export const L4: u32 = 34;

const TYPE_AND_VERSION_MASK: u32 = 0xffffff;
/** Ethertype IPv4, then version 4 with five words of header. */
const IPV4_WITHOUT_OPTIONS: u32 = 0x450008;
/** More-fragments flag and fragment offset, as loaded. */
const FRAGMENT_MASK_BE: u32 = 0xff3f;

/** 0 for an unfragmented IPv4 packet without options behind an untagged Ethernet header; reads up to `L4`. */
export function difference(frame: u32): u32 {
  const type = (load<u32>(frame, TYPE_AND_VERSION) & TYPE_AND_VERSION_MASK) ^ IPV4_WITHOUT_OPTIONS;
  return type | (<u32>load<u16>(frame, IP_FRAGMENT) & FRAGMENT_MASK_BE);
}

/** Bytes behind the IP header; wraps when the packet says that it is shorter than that. */
export function l4Length(frame: u32): u32 {
  return <u32>bswap<u16>(load<u16>(frame, IP_LENGTH)) - (L4 - IP);
}

export function protocol(frame: u32): u32 {
  return <u32>load<u8>(frame, IP_PROTOCOL);
}
