// GENEVE header (RFC 8926, section 3.4), behind a UDP header. Functions take the address of its first byte; nothing here checks
// bounds.

const VERSION_AND_OPTIONS: usize = 0;
const FLAGS: usize = 1;
const TYPE: usize = 2;
/** The VNI is in the upper 24 bits of this word. */
const VNI: usize = 4;
/** Options not included. */
export const HEADER: u32 = 8;
const OPTION_WORDS: u32 = 0x3f;
const CONTROL_OR_CRITICAL: u32 = 0xc0;

export function version(geneve: u32): u32 {
  return <u32>load<u8>(geneve, VERSION_AND_OPTIONS) >> 6;
}

/** Bytes of options behind the header. */
export function optionsLength(geneve: u32): u32 {
  return (<u32>load<u8>(geneve, VERSION_AND_OPTIONS) & OPTION_WORDS) << 2;
}

/** Whether it carries a message to the tunnel's end, or options that who does not know them must not pass over. */
export function isForTheEnd(geneve: u32): bool {
  return (<u32>load<u8>(geneve, FLAGS) & CONTROL_OR_CRITICAL) != 0;
}

/** Ethertype of what it carries. */
export function typeBe(geneve: u32): u32 {
  return <u32>load<u16>(geneve, TYPE);
}

/** Virtual network identifier, 24 bits. */
export function vni(geneve: u32): u32 {
  return bswap<u32>(load<u32>(geneve, VNI)) >> 8;
}
