// What a host does with what leaves, for the section of features: reads it out of the core, puts it into the tunnel of its network,
// writes the legs of SONiC-DASH's wire form.

import * as Abi from "../host/abi.ts";
import { addressNumber } from "../host/config/address.ts";
import type { Configuration, Encapsulation } from "../host/config/configuration.ts";
import type { DashMapping } from "../host/config/dash-mapping.ts";
import { ConsumerLeg } from "../host/dash/consumer-leg.ts";
import { openedLeg } from "../host/dash/provider-leg.ts";
import type { Plane } from "../host/plane.ts";
import { emissionAt } from "../host/result.ts";

/** Takes an emit of the plane's last run, whose packet came as `frame` on a side; the bytes that come of it. */
export type Take = (emit: number, frame: Uint8Array, side: number) => Uint8Array | undefined;

const FRONTEND = addressNumber("172.16.2.1");
const NAT = addressNumber("172.16.0.1");
const NAT_PORT = 1024;

/** The worked example of SONiC-DASH's private-link-service.md. */
export const WORKED_EXAMPLE: DashMapping = {
  plUnderlaySip: "2.2.2.1",
  underlayDip: "3.3.3.1",
  encapsulation: "nvgre",
  tunnelKey: 100,
  plSip: "88::",
  plSipMask: "ff::",
  overlaySip: "9900::",
  overlaySipMask: "ffff:ffff:ffff:ffff:ffff:ffff::",
  overlayDip: "1122:3344:5566:7788::303:301",
  overlayDipMask: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
};

/** As a result of the library has it: a copy, in its tunnel when the plane has encapsulations. */
export const readOut =
  (plane: Plane): Take =>
  (emit) =>
    emissionAt(plane.core, emit, plane.encapsulator).bytes;

/** Every network has an encapsulation. */
export const encapsulating =
  (type: Encapsulation["type"], local: string, remote: string) =>
  ({ virtualNetworks }: Configuration): void => {
    for (const [i, network] of virtualNetworks.entries())
      Object.assign(network, { vni: 5000 + i, encapsulation: { type, local, remote, ttl: 64, dscp: 0 } });
  };

/** The endpoint has a mapping. */
export function mapping({ privateEndpoints: [endpoint] }: Configuration): void {
  if (endpoint !== undefined) endpoint.dash = WORKED_EXAMPLE;
}

/** The packet of the consumer's leg: of a request as it came, of a reply as it leaves. */
export function consumerLeg({ core, configuration }: Plane): Take {
  const packet = packetsOf(new ConsumerLeg(configuration), { core });
  return (emit, frame, side) => packet(emit, frame, side)?.frame;
}

/** The same, and that of the provider's leg, which is made of it. */
export function bothLegs({ core, configuration }: Plane): Take {
  const packet = packetsOf(new ConsumerLeg(configuration), { core });
  const ends = { nat: NAT, natPort: NAT_PORT, frontend: FRONTEND };
  return (emit, frame, side) => {
    const own = packet(emit, frame, side);
    return own === undefined ? undefined : openedLeg(own, ends, side === Abi.SIDE_PROVIDER).frame;
  };
}

const packetsOf =
  (leg: ConsumerLeg, { core }: Pick<Plane, "core">) =>
  (emit: number, frame: Uint8Array, side: number) => {
    const left = emissionAt(core, emit).bytes;
    return side === Abi.SIDE_PROVIDER
      ? leg.reply(left, "ethernet", left.length, 0)
      : leg.request(frame, "ethernet", frame.length, 0);
  };
