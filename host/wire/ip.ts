// IPv4 (RFC 791) and IPv6 (RFC 8200) headers: offsets and sizes; protocols.

export const IPV4 = {
  trafficClass: 1,
  totalLength: 2,
  identification: 4,
  fragment: 6,
  ttl: 8,
  protocol: 9,
  checksum: 10,
  source: 12,
  destination: 16,
  min: 20,
};
export const IPV6 = { payloadLength: 4, next: 6, hops: 7, source: 8, destination: 24, size: 40 };
export const DONT_FRAGMENT = 0x4000;
/** More-fragments flag and fragment offset. */
export const FRAGMENT_BITS = 0x3fff;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
export const PROTOCOL_GRE = 47;
