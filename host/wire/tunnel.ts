// Headers of tunnels: VXLAN (RFC 7348, section 5) and GENEVE (RFC 8926, section 3.4) behind a UDP header, GRE (RFC 2784, RFC 2890) and
// the part of it that NVGRE uses (RFC 7637, section 3.2). A VNI or virtual subnet identifier is the upper 24 bits of its word.

export const VXLAN = { flags: 0, vni: 4, size: 8, valid: 0x08, port: 4789 };
export const GENEVE = { options: 0, flags: 1, type: 2, vni: 4, size: 8, controlOrCritical: 0xc0, port: 6081 };
export const GRE = { flags: 0, type: 2, min: 4, checksum: 0x8000, key: 0x2000, sequence: 0x1000, refused: 0x4c07 };
/** A GRE header with the key and nothing else. */
export const NVGRE = { key: 4, size: 8 };
/** Bits below an identifier in its word. In NVGRE they are the FlowID. */
export const IDENTIFIER_SHIFT = 8;
