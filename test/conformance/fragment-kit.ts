// Fragments for tables: one datagram of each protocol and direction, as it comes and as it leaves, from which `cut=FROM-TO` takes parts.

import type { Configuration, Settings } from "../../host/config/configuration.ts";
import type { Step } from "./table.ts";

/** A UDP datagram of 40 bytes, and TCP segments of 60. */
const PAYLOAD = "abcdefghijklmnopqrstuvwxyz012345";
const STREAM = `${PAYLOAD}6789ABCD`;

/** What is cut, as it comes and as it leaves; `cut` is that word's value, further words follow. */
interface Datagram {
  in: (cut: string, words?: string) => string;
  out: (cut: string, words?: string) => string;
}

const datagram = (came: string, left: string, rest: string): Datagram => ({
  in: (cut, words = "") => `${came} ${rest} cut=${cut} ${words}`,
  out: (cut, words = "") => `${left} ttl=63 ${rest} cut=${cut} ${words}`,
});

const CLIENT = "10.1.0.9:5000";
const NAT = "10.2.0.10:1024";
export const HANDSHAKE: Step[] = [
  { in: `tcp ${CLIENT} > 10.1.0.4:443 S seq=100`, gives: "forward new-flow 0" },
  { in: `tcp 10.2.1.1:8443 > ${NAT} SA seq=900 ack=101`, side: "provider", gives: "forward forwarded 0" },
];
export const ASKED: Step[] = [{ in: `udp ${CLIENT} > 10.1.0.4:53 data=first`, gives: "forward new-flow 0" }];

export const QUERY = datagram(
  `udp ${CLIENT} > 10.1.0.4:53`,
  `provider udp ${NAT} > 10.2.1.1:5353`,
  `id=7 data=${PAYLOAD}`,
);
export const ANSWER = datagram(
  `udp 10.2.1.1:5353 > ${NAT}`,
  `consumer udp 10.1.0.4:53 > ${CLIENT}`,
  `id=8 data=${PAYLOAD}`,
);
export const REQUEST = datagram(
  `tcp ${CLIENT} > 10.1.0.4:443`,
  `provider tcp ${NAT} > 10.2.1.1:8443`,
  `PA seq=101 ack=901 id=9 data=${STREAM}`,
);
export const RESPONSE = datagram(
  `tcp 10.2.1.1:8443 > ${NAT}`,
  `consumer tcp 10.1.0.4:443 > ${CLIENT}`,
  `PA seq=901 ack=101 id=10 data=${STREAM}`,
);
/** An answer as a capture at the consumer has it. */
export const CAPTURED_ANSWER = datagram(
  `udp 10.1.0.4:53 > ${CLIENT}`,
  `provider udp 10.2.1.1:5353 > ${NAT}`,
  `id=8 data=${PAYLOAD}`,
);
export const captured = { side: "captured", network: "shop" } as const;
export const provider = { side: "provider" } as const;

/** What leaves because another packet let it. */
export const held = (text: string): string => text.replace(/^(\w+)/, "$1/held");

/** Lifetimes other than those that are the default. */
export const timers =
  (more: Partial<Settings["timers"]>) =>
  ({ settings }: Configuration): void => {
    Object.assign(settings.timers, more);
  };
