import { table } from "./table.ts";

table("Checksums are adjusted, never recomputed (RFC 1624)", [
  {
    name: "a UDP checksum of 0 stays 0",
    steps: [
      {
        in: "udp 10.1.0.9:5000 > 10.1.0.4:53 data=x l4sum=0",
        out: ["provider udp 10.2.0.10:1024 > 10.2.1.1:5353 data=x l4sum=0 ttl=63"],
      },
    ],
  },
  {
    name: "a TCP checksum that is wrong by one leaves wrong by one",
    steps: [
      {
        // 0x2375 is right for these two packets' difference: what leaves is the right value plus the same error.
        in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 S l4sum=0",
        gives: "forward new-flow 0",
      },
      { in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 S l4sum=0xffff", gives: "forward forwarded 0" },
    ],
  },
  {
    name: "a packet cut before its checksum is translated as far as it goes",
    steps: [
      {
        in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 S seq=1",
        captured: 50,
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 S seq=1 ttl=63"],
      },
    ],
  },
]);
