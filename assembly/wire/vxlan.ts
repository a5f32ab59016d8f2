// VXLAN header (RFC 7348, section 5), behind a UDP header. Functions take the address of its first byte; nothing here checks bounds.

const FLAGS: usize = 0;
/** The VNI is in the upper 24 bits of this word. */
const VNI: usize = 4;
export const HEADER: u32 = 8;
/** The flag that the VNI is valid. All others are reserved, and ignored on receipt. */
const VALID_VNI: u32 = 0x08;

export function isValid(vxlan: u32): bool {
  return (<u32>load<u8>(vxlan, FLAGS) & VALID_VNI) != 0;
}

/** VXLAN network identifier, 24 bits. */
export function vni(vxlan: u32): u32 {
  return bswap<u32>(load<u32>(vxlan, VNI)) >> 8;
}
