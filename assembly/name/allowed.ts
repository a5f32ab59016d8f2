// The names that a resource and group may be asked for by.

import {
  ENDPOINT_GROUP,
  ENDPOINT_SIZE,
  NAME_ENTRY_GROUP,
  NAME_ENTRY_HASH,
  NAME_ENTRY_INDEX,
  NAME_ENTRY_LENGTH,
  NAME_ENTRY_SIZE,
  NAME_ENTRY_TEXT,
} from "../abi/tables";
import { NAME } from "../memory";
import { ENDPOINTS, NAMES, NAME_MASK, NAME_TEXTS } from "../tables";
import { NAME_MAX } from "./host";

/// FNV-1a over the group, then the name's bytes; the host fills the table by the same rule (host/config/names.ts).
const BASIS: u32 = 0x811c9dc5;
const PRIME: u32 = 0x01000193;

/** Index of the name at NAME among those of an endpoint's resource and group, or -1. */
export function allowedName(endpoint: u32, length: u32): i32 {
  const group = <u32>load<u16>(ENDPOINTS + endpoint * ENDPOINT_SIZE, ENDPOINT_GROUP);
  if (group == 0 || length > NAME_MAX) return -1;
  const hash = hashOf(group, length);
  let place = hash;
  while (true) {
    const entry = NAMES + (place++ & NAME_MASK) * NAME_ENTRY_SIZE;
    const its = <u32>load<u16>(entry, NAME_ENTRY_GROUP);
    if (its == 0) return -1;
    if (its != group || load<u32>(entry, NAME_ENTRY_HASH) != hash) continue;
    if (<u32>load<u16>(entry, NAME_ENTRY_LENGTH) != length) continue;
    if (memory.compare(NAME_TEXTS + load<u32>(entry, NAME_ENTRY_TEXT), NAME, length) == 0)
      return load<u32>(entry, NAME_ENTRY_INDEX);
  }
}

function hashOf(group: u32, length: u32): u32 {
  let hash = (((BASIS ^ (group & 0xff)) * PRIME) ^ (group >> 8)) * PRIME;
  for (let i: u32 = 0; i < length; i++) hash = (hash ^ <u32>load<u8>(NAME + i)) * PRIME;
  return hash;
}
