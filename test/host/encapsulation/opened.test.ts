// Random traffic through two planes that differ in encapsulations only: the reference's reader of tunnels finds in what leaves the one
// what leaves the other, in the network that the flow or the packet has.

import { type Configuration, type Encapsulation, markChecked } from "../../../host/config/configuration.ts";
import type { Flow } from "../../../host/flows.ts";
import { createPlane, type Emission, type Packet } from "../../../host/plane.ts";
import { assert, suite } from "../../kit.ts";
import { Dice } from "../../random/dice.ts";
import { randomConfiguration } from "../../random/configuration.ts";
import { Traffic } from "../../random/traffic.ts";
import { readLink } from "../../reference/link.ts";
import { mixOf } from "../../reference/mix.ts";
import { Networks } from "../../reference/networks.ts";
import { servicesOf } from "../../reference/service.ts";
import { opened } from "../../reference/tunnel.ts";

const SEED = Number(process.env.LINKPLANE_SEED ?? Date.now() % 2 ** 31);
const ROUNDS = 6;
const PACKETS = 1500;
const ETHERNET = 14;
const VXLAN: Encapsulation = { type: "vxlan", local: "192.0.2.1", remote: "192.0.2.9", ttl: 64, dscp: 0 };

/** A configuration whose networks all have an encapsulation, and the same without. */
function both(dice: Dice): [tunnelled: Configuration, plain: Configuration] {
  const plain = randomConfiguration(dice);
  plain.virtualNetworks.forEach((network, i) => Object.assign(network, { vni: i + 1 }));
  const tunnelled = structuredClone(plain);
  for (const network of tunnelled.virtualNetworks)
    network.encapsulation = { ...VXLAN, type: dice.pick(["vxlan", "nvgre"]) };
  return [markChecked(tunnelled), markChecked(plain)];
}

/** Remembers flows, so that those that ended are known. */
class Flows {
  private readonly seen = new Map<number, Flow>();
  private readonly serviceOf: Map<string, string>;

  constructor({ privateEndpoints, privateLinkServices }: Configuration) {
    const networks = new Map(privateLinkServices.map(({ name, virtualNetwork }) => [name, virtualNetwork]));
    this.serviceOf = new Map(
      privateEndpoints.map(({ name, privateLinkService }) => [name, networks.get(privateLinkService) ?? ""]),
    );
  }

  see(flows: Iterable<Flow>): void {
    for (const flow of flows) this.seen.set(flow.number, flow);
  }

  /** Network on a side of a flow, if it is one that was let in. */
  networkOf({ flow, side }: Emission): string | undefined {
    const known = this.seen.get(flow);
    if (known === undefined || known.denied) return undefined;
    return side === "consumer" ? known.network : this.serviceOf.get(known.endpoint);
  }
}

suite("What leaves in tunnels", (test) => {
  process.stderr.write(`encapsulation: LINKPLANE_SEED=${SEED}\n`);

  test("has in it what leaves without, in the network of its flow", async () => {
    let compared = 0;
    let named = 0;
    for (let seed = SEED; seed < SEED + ROUNDS; seed++) {
      const dice = new Dice(seed);
      const [tunnelled, plain] = both(dice);
      const { settings } = tunnelled;
      const networks = new Networks(tunnelled, servicesOf(tunnelled, mixOf(settings.seed))[1]);
      const ended: Flow[] = [];
      const one = await createPlane(tunnelled);
      const other = await createPlane(plain, { onFlowEnd: (flow) => ended.push(flow) });
      const traffic = new Traffic(dice);
      const flows = new Flows(tunnelled);
      for (let i = 0; i < PACKETS; i++) {
        const packet = traffic.next() as Packet;
        const before = [...other.flows()];
        const [actual] = one.process([packet]);
        const [expected] = other.process([packet]);
        traffic.observe(packet as never, expected as never);
        const where = `seed ${seed}, packet ${i}`;
        assert.is(
          `${actual?.verdict} ${actual?.reason} ${actual?.flow}`,
          `${expected?.verdict} ${expected?.reason} ${expected?.flow}`,
          where,
        );
        assert.is(actual?.out.length, expected?.out.length, where);
        expected?.out.forEach((plainly, n) => {
          const leaves = actual?.out[n] as Emission;
          if (packet.side === "captured" && (plainly.cause === "input" || plainly.cause === "held")) return;
          flows.see(plainly.cause === "timer" ? before : [...before, ...ended, ...other.flows()]);
          const inner = opened({ ...settings, tunnels: [{ type: "vxlan" }, { type: "nvgre" }] }, networks, {
            frame: leaves.bytes,
            link: leaves.link,
            network: "nowhere",
            side: "consumer",
            time: 0n,
            wireLength: 2 ** 20,
          });
          if (typeof inner === "string") return assert.unreachable(`${where}: ${inner}`);
          assert.is(hex(inner.frame, ETHERNET), hex(plainly.bytes, ipOf(plainly)), where);
          const known = flows.networkOf(plainly);
          if (known !== undefined) assert.is(inner.network, known, `${where}: ${plainly.side} ${plainly.cause}`);
          else assert.is.not(inner.network, "nowhere", where);
          named += Number(known !== undefined);
          compared++;
        });
        ended.length = 0;
      }
    }
    assert.ok(compared > 200 && named > 100, `${compared} compared, ${named} of flows`);
  });
});

const hex = (frame: Uint8Array, from: number): string => Buffer.from(frame).toString("hex", from);

function ipOf({ link, bytes }: Emission): number {
  const read = readLink(link, bytes);
  return typeof read === "string" ? (assert.unreachable(read) ?? 0) : read.length;
}
