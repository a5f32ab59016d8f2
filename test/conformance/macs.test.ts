import type { Configuration } from "../../host/config/configuration.ts";
import { table } from "./table.ts";

const withMacs = ({ loadBalancers, privateLinkServices }: Configuration): void => {
  const backend = loadBalancers[0]?.backendAddressPools[0]?.backends[0];
  const service = privateLinkServices[0];
  if (backend !== undefined) backend.macAddress = "02:00:00:00:00:bb";
  if (service !== undefined) service.macAddress = "02:00:00:00:00:aa";
};

table("MAC addresses", [
  {
    name: "a backend with a MAC address gets it; the client gets its own back",
    change: withMacs,
    steps: [
      {
        in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 S",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 S ttl=63 to=0200000000bb from=0200000000aa"],
      },
      {
        in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA to=0200000000aa from=0200000000bb",
        side: "provider",
        out: ["consumer tcp 10.1.0.4:443 > 10.1.0.9:5000 SA ttl=63 to=020000000001 from=020000000002"],
      },
    ],
  },
  {
    name: "other link types are left alone",
    change: withMacs,
    steps: [
      {
        in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 S",
        link: "sll",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 S ttl=63"],
      },
    ],
  },
]);
