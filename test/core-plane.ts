// The core, behind its library, in the shape that table tests ask of a plane.

import type { Configuration } from "../host/config/configuration.ts";
import { createPlane, type Plane, type Result } from "../host/plane.ts";
import type { CountersOut, EmitOut, FlowOut, Outcome, PacketIn, PlaneUnderTest } from "./plane.ts";

/** Makes a core plane under test. */
export async function corePlane(configuration: Configuration): Promise<CorePlane> {
  return new CorePlane(await createPlane(configuration));
}

export class CorePlane implements PlaneUnderTest {
  readonly plane: Plane;

  constructor(plane: Plane) {
    this.plane = plane;
  }

  apply(configuration: Configuration): void {
    this.plane.apply(configuration);
  }

  process(packets: PacketIn[]): Outcome[] {
    return this.plane.process(packets).map((result: Result) => ({ ...result }));
  }

  advance(time: bigint): EmitOut[] {
    return this.plane.advance(time);
  }

  counters(): CountersOut {
    const { reasons, flows, generated, names, endpoints, backends, natPools } = this.plane.counters();
    return {
      reasons,
      flows,
      generated,
      names,
      endpoints: Object.fromEntries(endpoints),
      backends: Object.fromEntries(
        backends.map(({ loadBalancer, pool, address, flows, active, toService, toConsumer }) => [
          `${loadBalancer}/${pool}/${address}`,
          { flows, active, toService, toConsumer },
        ]),
      ),
      natPools: Object.fromEntries(
        natPools.map(({ service, natAddress, backend, protocol, shard, inUse, peak, exhausted }) => [
          `${service} ${natAddress} ${backend} ${protocol} ${shard}`,
          { inUse, peak, exhausted },
        ]),
      ),
    };
  }

  flows(): FlowOut[] {
    return [...this.plane.flows()].map(({ end: _, ...flow }) => flow);
  }
}
