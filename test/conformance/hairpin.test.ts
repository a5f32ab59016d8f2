// Backends that are consumers of the endpoint that leads to them: one network is the client's and the service's.
import type { Configuration } from "../../host/config/configuration.ts";
import { errorAbout } from "./icmp-kit.ts";
import { table } from "./table.ts";

const provider = "provider" as const;
const network = "provider";

/** An endpoint, 10.2.0.4, in the service's own network; two backends, 10.2.1.1 and 10.2.1.2. */
const hairpin =
  (macs: boolean) =>
  (configuration: Configuration): void => {
    const [endpoint] = configuration.privateEndpoints;
    const [service] = configuration.privateLinkServices;
    const pool = configuration.loadBalancers[0]?.backendAddressPools[0];
    if (endpoint === undefined || service === undefined || pool === undefined) throw new Error("nothing to change");
    configuration.privateEndpoints.push({
      ...endpoint,
      name: "own",
      virtualNetwork: network,
      privateIPAddress: "10.2.0.4",
    });
    const mac = (last: number) => (macs ? { macAddress: `02:00:00:00:00:b${last}` } : {});
    pool.backends = [1, 2].map((last) => ({ address: `10.2.1.${last}`, weight: 1, state: "up", ...mac(last) }));
    if (macs) service.macAddress = "02:00:00:00:00:aa";
  };

/** The first backend is the client. */
const syn = "tcp 10.2.1.1:5000 > 10.2.0.4:443 S seq=100";

table("A backend that is a client of its endpoint", [
  {
    name: "gets another backend, and its reply",
    change: hairpin(false),
    steps: [
      {
        in: syn,
        network,
        backend: "10.2.1.2",
        gives: "forward new-flow 0",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.2:8443 S seq=100 ttl=63"],
      },
      {
        in: "tcp 10.2.1.2:8443 > 10.2.0.10:1024 SA seq=900 ack=101",
        side: provider,
        gives: "forward forwarded 0",
        out: ["consumer tcp 10.2.0.4:443 > 10.2.1.1:5000 SA seq=900 ack=101 ttl=63"],
      },
    ],
    counters: { endpoints: { own: { flows: 1, toService: { packets: 1 }, toConsumer: { packets: 1 } } } },
  },
  {
    name: "gets itself: it sees a NAT address, never its own",
    change: hairpin(false),
    steps: [
      {
        in: syn,
        network,
        backend: "10.2.1.1",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 S seq=100 ttl=63"],
      },
      {
        in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA seq=900 ack=101",
        side: provider,
        out: ["consumer tcp 10.2.0.4:443 > 10.2.1.1:5000 SA seq=900 ack=101 ttl=63"],
      },
      {
        in: "tcp 10.2.1.1:5000 > 10.2.0.4:443 A seq=101 ack=901",
        network,
        gives: "forward forwarded 0",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 A seq=101 ack=901 ttl=63"],
      },
    ],
  },
  {
    name: "gets itself from the port that it serves",
    change: hairpin(false),
    steps: [
      {
        in: "tcp 10.2.1.1:8443 > 10.2.0.4:443 S",
        network,
        backend: "10.2.1.1",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 S ttl=63"],
      },
      {
        in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA",
        side: provider,
        out: ["consumer tcp 10.2.0.4:443 > 10.2.1.1:8443 SA ttl=63"],
      },
    ],
  },
  {
    name: "over UDP likewise",
    change: hairpin(false),
    steps: [
      {
        in: "udp 10.2.1.1:5353 > 10.2.0.4:53",
        network,
        backend: "10.2.1.1",
        out: ["provider udp 10.2.0.10:1024 > 10.2.1.1:5353 ttl=63"],
      },
      {
        in: "udp 10.2.1.1:5353 > 10.2.0.10:1024",
        side: provider,
        out: ["consumer udp 10.2.0.4:53 > 10.2.1.1:5353 ttl=63"],
      },
    ],
  },
  {
    name: "MAC addresses: a request goes to the backend's, be it the client's own; a reply to the client's, from where it sent to",
    change: hairpin(true),
    steps: [
      {
        in: `${syn} from=0200000000b1 to=020000000002`,
        network,
        backend: "10.2.1.1",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 S seq=100 ttl=63 to=0200000000b1 from=0200000000aa"],
      },
      {
        in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA seq=900 ack=101 from=0200000000b1 to=0200000000aa",
        side: provider,
        out: ["consumer tcp 10.2.0.4:443 > 10.2.1.1:5000 SA seq=900 ack=101 ttl=63 to=0200000000b1 from=020000000002"],
      },
    ],
  },
  {
    name: "an error about its request comes from the endpoint",
    change: hairpin(false),
    steps: [
      { in: syn, network, backend: "10.2.1.1" },
      {
        in: errorAbout("10.2.1.1 > 10.2.0.10", "tcp 10.2.0.10:1024 > 10.2.1.1:8443 S seq=100 ttl=63"),
        side: provider,
        gives: "forward icmp-error 0",
        out: [`consumer ${errorAbout("10.2.0.4 > 10.2.1.1 ttl=63", `${syn} ttl=63`)}`],
      },
    ],
  },
  {
    name: "as captured at the backend: its reply is turned back",
    change: hairpin(false),
    steps: [
      { in: syn, network, side: "captured", backend: "10.2.1.1", gives: "forward new-flow 0" },
      {
        in: "tcp 10.2.0.4:443 > 10.2.1.1:5000 SA seq=900 ack=101 ttl=63",
        network,
        side: "captured",
        gives: "forward forwarded 0",
        out: ["provider tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA seq=900 ack=101 ttl=64"],
      },
    ],
  },
  {
    name: "what it sends to a NAT address itself goes to no endpoint",
    change: hairpin(false),
    steps: [
      { in: syn, network, backend: "10.2.1.1" },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA", network, gives: "pass no-endpoint -1", out: [] },
    ],
  },
]);
