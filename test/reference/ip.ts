// An IP packet as its header tells it, of either family.

export const ICMP = 1;
export const TCP = 6;
export const UDP = 17;
const TUNNELS = [4, 41, 47];

/** `neighbour`: what IPv6 has for ARP and IGMP. */
export type Kind = "fragment" | "icmp" | "transport" | "tunnel" | "other" | "neighbour";
export type Family = 4 | 6;

export interface Ip {
  family: Family;
  /** Where the header begins in the frame, in bytes. */
  at: number;
  /** Options or extension headers included, in bytes. */
  headerLength: number;
  /** Header and what follows, in bytes; that of the wire when the field is 0. */
  totalLength: number;
  /** Whether the field for the length is 0. */
  offloaded: boolean;
  identification: number;
  /** Bytes of the datagram before this part of it; 0 when it is no fragment. */
  fragmentFrom: number;
  /** Whether further parts of the datagram follow. */
  moreFragments: boolean;
  /** Whether it is IPv6 with a fragment header. */
  hasFragmentHeader?: boolean;
  /** Whether it must not be cut. */
  dontFragment: boolean;
  /** Type of service, or traffic class. */
  typeOfService: number;
  /** Or hop limit. */
  ttl: number;
  protocol: number;
  kind: Kind;
  source: number;
  destination: number;
}

export function kindOf(protocol: number, icmp: number): Kind {
  if (protocol === icmp) return "icmp";
  if (protocol === TCP || protocol === UDP) return "transport";
  return TUNNELS.includes(protocol) ? "tunnel" : "other";
}

/** Why a packet of this kind is not translated; undefined for TCP and UDP. */
export function untranslated(kind: Kind): string | undefined {
  if (kind === "transport") return undefined;
  return kind === "fragment" || kind === "icmp" ? kind : "protocol";
}
