// TCP (RFC 9293) and UDP (RFC 768) headers: offsets and sizes.

export const TCP = {
  sequence: 4,
  acknowledgement: 8,
  offset: 12,
  flags: 13,
  window: 14,
  checksum: 16,
  checksumEnd: 18,
  min: 20,
};
export const UDP = { sourcePort: 0, destinationPort: 2, length: 4, lengthEnd: 6, checksum: 6, checksumEnd: 8, min: 8 };
/** Both have their ports in front. */
export const PORTS_END = 4;
