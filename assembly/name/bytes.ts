// Numbers of protocols, most significant byte first.

export function be16(at: u32): u32 {
  return <u32>bswap<u16>(load<u16>(at));
}

export function be24(at: u32): u32 {
  return ((<u32>load<u8>(at)) << 16) | be16(at + 1);
}

/** As it lies in memory: for comparing four bytes at once. */
export function raw32(at: u32): u32 {
  return load<u32>(at);
}
