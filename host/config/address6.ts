// IPv6 addresses as text and as numbers of 128 bits (RFC 4291, section 2.2; no dotted end).

const GROUPS = 8;
const GROUP_BITS = 16n;
const GROUP = /^[0-9A-Fa-f]{1,4}$/;

/** The number that a text stands for; undefined when it is no address. */
export function address6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const given = head.length + tail.length;
  if (halves.length === 1 ? given !== GROUPS : given >= GROUPS) return undefined;
  const groups = [...head, ...Array.from({ length: GROUPS - given }, () => "0"), ...tail];
  if (!groups.every((group) => GROUP.test(group))) return undefined;
  return groups.reduce((number, group) => (number << GROUP_BITS) | BigInt(`0x${group}`), 0n);
}
