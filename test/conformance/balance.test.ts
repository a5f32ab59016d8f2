import type { Configuration } from "../../host/config/configuration.ts";
import { table } from "./table.ts";

const states =
  (...list: ("up" | "down" | "draining")[]) =>
  ({ loadBalancers }: Configuration): void => {
    const pool = loadBalancers[0]?.backendAddressPools[0];
    if (pool !== undefined) pool.backends = list.map((state, i) => ({ address: `10.2.1.${i + 1}`, weight: 1, state }));
  };

table("Balancing", [
  {
    name: "no backend that is up: refused",
    change: states("down", "draining"),
    steps: [{ in: "tcp 10.1.0.9:1 > 10.1.0.4:443 S", gives: "drop no-backend 1000" }],
  },
  {
    name: "a weight of 0 takes no flows",
    change: ({ loadBalancers }) => {
      const backend = loadBalancers[0]?.backendAddressPools[0]?.backends[0];
      if (backend !== undefined) backend.weight = 0;
    },
    steps: [{ in: "tcp 10.1.0.9:1 > 10.1.0.4:443 S", gives: "drop no-backend 1000" }],
  },
  {
    name: "only backends that are up get flows",
    change: states("down", "up", "draining"),
    steps: [1, 2, 3, 4, 5, 6].map((port) => ({
      in: `tcp 10.1.0.9:${port} > 10.1.0.4:443 S`,
      out: [`provider tcp 10.2.0.10:${1023 + port} > 10.2.1.2:8443 S ttl=63`],
    })),
  },
]);
