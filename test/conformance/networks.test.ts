import { table } from "./table.ts";

const SYN = "tcp 10.1.0.9:5000 > 10.1.0.4:443 S";

table("The network is part of every key", [
  {
    name: "the same tuple in two networks is two flows",
    steps: [
      { in: SYN, network: "shop", gives: "forward new-flow 0" },
      { in: SYN, network: "lab", gives: "forward new-flow 1" },
      { in: SYN, network: "shop", gives: "forward forwarded 0" },
    ],
    counters: { endpoints: { "shop-approved": { flows: 1 }, "lab-approved": { flows: 1 } } },
  },
  {
    name: "one VLAN tag names its network, two tags theirs, whatever the caller says",
    steps: [
      { in: `${SYN} vlan=10`, network: "lab", gives: "forward new-flow 0" },
      { in: `${SYN} vlan=20.30`, network: "shop", gives: "forward new-flow 1" },
      { in: SYN, network: "shop", gives: "forward forwarded 0" },
      { in: SYN, network: "lab", gives: "forward forwarded 1" },
    ],
  },
  {
    name: "an unmapped tag leaves the caller's network; tags stay in the frame",
    steps: [
      {
        in: `${SYN} vlan=99`,
        network: "shop",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 S ttl=63 vlan=99"],
      },
      { in: `${SYN} vlan=20`, network: "shop", gives: "forward forwarded 0" },
      { in: `${SYN} vlan=10.30`, network: "shop", gives: "forward forwarded 0" },
    ],
  },
  {
    name: "a network that holds no service is not meant by a tag on the provider's side",
    steps: [
      { in: SYN, gives: "forward new-flow 0" },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA vlan=10", side: "provider", gives: "forward forwarded 0" },
    ],
  },
  {
    name: "a third tag is not read",
    steps: [{ in: `${SYN} vlan=10.11.12`, gives: "pass vlan-depth -1", out: [] }],
  },
]);
