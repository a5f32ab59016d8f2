// The flows that vectors are about: their packets as each side has them, and steps that open them.

import type { Configuration } from "../../../host/config/configuration.ts";
import type { PlaneUnderTest } from "../../plane.ts";
import type { Step } from "../table.ts";

/** Ends of the TCP and UDP flow of client 10.1.0.9 that tables open first. */
export const REQUEST = "tcp 10.1.0.9:5000 > 10.1.0.4:443";
export const SENT = "tcp 10.2.0.10:1024 > 10.2.1.1:8443";
export const REPLY = "tcp 10.2.1.1:8443 > 10.2.0.10:1024";
export const GIVEN = "tcp 10.1.0.4:443 > 10.1.0.9:5000";
export const QUERY = "udp 10.1.0.9:5000 > 10.1.0.4:53";
export const SENT_QUERY = "udp 10.2.0.10:1024 > 10.2.1.1:5353";
export const ANSWER = "udp 10.2.1.1:5353 > 10.2.0.10:1024";
export const GIVEN_ANSWER = "udp 10.1.0.4:53 > 10.1.0.9:5000";

/** A packet of the client. */
export const client = (words: string, gives = "forward forwarded 0", at = 0): Step => ({
  at,
  in: `${REQUEST} ${words}`,
  gives,
});

/** A packet of the backend. */
export const server = (words: string, gives = "forward forwarded 0", at = 0): Step => ({
  at,
  in: `${REPLY} ${words}`,
  side: "provider",
  gives,
});

/** Opens the TCP flow: the client's next number is 101, the server's 901. */
export const handshake: Step[] = [
  client("S seq=100", "forward new-flow 0"),
  server("SA seq=900 ack=101"),
  client("A seq=101 ack=901"),
];

/** Gives the pool these backends, by weight, at 10.2.1.1 and up. */
export const weighted =
  (...weights: number[]) =>
  ({ loadBalancers }: Configuration): void => {
    const pool = loadBalancers[0]?.backendAddressPools[0];
    if (pool !== undefined)
      pool.backends = weights.map((weight, i) => ({ address: `10.2.1.${i + 1}`, weight, state: "up" }));
  };

/** Flows of each backend's address, those of none left out. */
export function flowsByBackend(plane: PlaneUnderTest): Map<string, number> {
  const flows = new Map<string, number>();
  for (const { backend, denied } of plane.flows()) {
    const [address = ""] = backend.split(":");
    if (!denied) flows.set(address, (flows.get(address) ?? 0) + 1);
  }
  return flows;
}
