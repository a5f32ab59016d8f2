import { table } from "./table.ts";

const toEndpoint = (host: number): string => `tcp 10.1.0.9:5000 > 10.1.0.${host}:443 S`;

table("Only an approved connection carries traffic", [
  {
    name: "pending, rejected and disconnected connections each have their reason",
    steps: [
      { in: toEndpoint(5), gives: "drop connection-pending 1000", out: [] },
      { in: toEndpoint(6), gives: "drop connection-rejected 1001", out: [] },
      { in: toEndpoint(7), gives: "drop connection-disconnected 1002", out: [] },
    ],
    counters: {
      flows: { created: 0, denied: 3 },
      endpoints: { "shop-pending": { drops: { "connection-pending": 1 } } },
    },
  },
  {
    name: "a connection that the service's visibility does not allow has a reason of its own",
    change: ({ privateEndpoints }) => Object.assign(privateEndpoints[0] ?? {}, { connectionState: "Refused" }),
    steps: [{ in: toEndpoint(4), gives: "drop connection-refused 1000", out: [] }],
  },
  {
    name: "a port without a rule, and the right port with the wrong protocol",
    steps: [
      { in: "tcp 10.1.0.9:5000 > 10.1.0.4:22 S", gives: "drop no-rule 1000" },
      { in: "udp 10.1.0.9:5000 > 10.1.0.4:443", gives: "drop no-rule 1001" },
    ],
  },
  {
    name: "an address that is no endpoint's is passed and not emitted",
    steps: [{ in: "tcp 10.1.0.9:5000 > 8.8.8.8:443 S", gives: "pass no-endpoint -1", out: [] }],
  },
  {
    name: "only the consumer can initiate",
    steps: [
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 S", side: "provider", gives: "drop no-flow -1", out: [] },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.99:1024 S", side: "provider", gives: "pass no-endpoint -1", out: [] },
    ],
    counters: { flows: { created: 0, denied: 0 } },
  },
  {
    name: "the right NAT address and port from the wrong remote neither passes nor refreshes the flow",
    steps: [
      { in: "udp 10.1.0.9:5000 > 10.1.0.4:53", gives: "forward new-flow 0" },
      { at: 200, in: "udp 10.2.1.9:5353 > 10.2.0.10:1024", side: "provider", gives: "drop no-flow -1", out: [] },
      { at: 200, in: "udp 10.2.1.1:5354 > 10.2.0.10:1024", side: "provider", gives: "drop no-flow -1", out: [] },
      { at: 300, in: "udp 10.2.1.1:5353 > 10.2.0.10:1024", side: "provider", gives: "drop no-flow -1", out: [] },
    ],
  },
  {
    name: "a frame that claims an endpoint's address as its source is dropped",
    steps: [{ in: "tcp 10.1.0.4:443 > 10.1.0.9:5000 SA", gives: "drop spoofed-endpoint -1", out: [] }],
  },
  {
    name: "or passed, where a replay lets endpoint addresses in",
    settings: { endpointSources: "admit" },
    steps: [
      { in: "tcp 10.1.0.4:443 > 10.1.0.9:5000 SA", gives: "pass no-endpoint -1", out: [] },
      { in: "icmp 10.1.0.4 > 10.1.0.9", gives: "drop icmp -1", out: [] },
    ],
  },
]);
