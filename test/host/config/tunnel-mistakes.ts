// One row for each mistake about tunnels.

import type { Mistaken } from "./sample.ts";

const LISTS = "virtualNetworks:\n  - name: consumer\n";
const listing = (tunnels: string, rest = ""): string =>
  `settings: { tunnels: [${tunnels}] }\nvirtualNetworks:\n${rest}  - name: consumer\n`;
const encapsulating = (encapsulation: string, fields = "vni: 7, "): string =>
  `virtualNetworks:\n  - { name: spare, ${fields}encapsulation: ${encapsulation} }\n  - name: consumer\n`;
const PORTS = Array.from({ length: 9 }, (_, i) => `{ type: vxlan, port: ${8000 + i} }`).join(", ");

export const TUNNEL_MISTAKES: readonly Mistaken[] = [
  [LISTS, listing("{ type: ^ipip }"), 'This cannot be "ipip". Use one of: vxlan, geneve, nvgre, gre.'],
  [LISTS, listing("{ type: nvgre, port: ^80 }"), "A tunnel of type nvgre has no port. Remove it."],
  [LISTS, listing("{ type: gre }, ^{ type: gre }"), "This tunnel is listed twice: gre. Remove one of them."],
  [
    LISTS,
    listing("{ type: vxlan }, ^{ type: geneve, port: 4789 }"),
    "UDP port 4789 is that of vxlan too. Give each type its own.",
  ],
  [LISTS, listing(PORTS).replace("[", "^["), "Tunnels have at most 8 UDP ports. Remove some."],
  [
    "    vlan: 10\n",
    "    vlan: 10\n    vni: ^7\n",
    "No frame comes with a VNI: settings.tunnels opens no tunnel. Add one there, or remove vni.",
  ],
  [
    LISTS,
    `${listing("{ type: vxlan }", "  - { name: spare, vni: 7 }\n")}    vni: ^7\n`,
    'VNI 7 is that of "spare" too. Give each network its own.',
  ],
  [
    LISTS,
    encapsulating("^{ type: vxlan, local: 192.0.2.1, remote: 192.0.2.2 }", ""),
    "An encapsulation needs the network's identifier. Give the network a vni.",
  ],
  [
    LISTS,
    encapsulating('{ type: vxlan, local: 192.0.2.1, remote: ^"2001:db8::2" }'),
    "A tunnel has two ends of one family. Write both in IPv4 or both in IPv6.",
  ],
  [
    LISTS,
    encapsulating("{ type: nvgre, local: 192.0.2.1, remote: 192.0.2.2, port: ^4789 }"),
    "A tunnel of type nvgre has no port. Remove it.",
  ],
  [
    LISTS,
    encapsulating("{ type: vxlan, local: 192.0.2.1, remote: 192.0.2.2, mtu: 1500 }", "vni: 7, mtu: ^1451, "),
    "The encapsulation leaves 1450 bytes for a packet. Use a lower mtu, or raise that of the encapsulation.",
  ],
  ...(
    [
      ["ttl: ^0", "0 is too small. Use at least 1."],
      ["ttl: ^256", "256 is too big. Use at most 255."],
      ["dscp: ^64", "64 is too big. Use at most 63."],
      ["mtu: ^645", "645 is too small. Use at least 646."],
      ["mtu: ^65536", "65536 is too big. Use at most 65535."],
      ["port: ^0", "0 is too small. Use at least 1."],
    ] as const
  ).map(
    ([field, message]): Mistaken => [
      LISTS,
      encapsulating(`{ type: vxlan, local: 192.0.2.1, remote: 192.0.2.2, ${field} }`),
      message,
    ],
  ),
];
