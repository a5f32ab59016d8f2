// One row for each mistake about tunnels.

import type { Mistaken } from "./sample.ts";

const LISTS = "virtualNetworks:\n  - name: consumer\n";
const listing = (tunnels: string, rest = ""): string =>
  `settings: { tunnels: [${tunnels}] }\nvirtualNetworks:\n${rest}  - name: consumer\n`;
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
];
