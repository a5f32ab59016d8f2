// What the replay finds in tunnels is what the reference plane finds there; and captures of tunnels replay as those of what is in them.
import { markChecked } from "../../../host/config/configuration.ts";
import type { CapturedFrame } from "../../../host/replay/parts.ts";
import { vlanNetworks } from "../../../host/replay/roles.ts";
import { Tunnels } from "../../../host/replay/tunnels.ts";
import { assert, suite } from "../../kit.ts";
import type { PacketIn } from "../../plane.ts";
import { randomConfiguration } from "../../random/configuration.ts";
import { Dice } from "../../random/dice.ts";
import { randomTunnel } from "../../random/tunnel.ts";
import { Traffic } from "../../random/traffic.ts";
import { mixOf } from "../../reference/mix.ts";
import { Networks } from "../../reference/networks.ts";
import { servicesOf } from "../../reference/service.ts";
import { opened } from "../../reference/tunnel.ts";

const SEED = Number(process.env.LINKPLANE_SEED ?? Date.now() % 2 ** 31);
const ROUNDS = 20;
const FRAMES = 1000;

const captured = ({ frame, link, wireLength = frame.length }: PacketIn, network: number): CapturedFrame => ({
  number: 1,
  bytes: frame,
  wireLength,
  link,
  network,
  interfaceId: 0,
  timeLow: 0,
  timeHigh: 0,
});

suite("Captured frames in tunnels", (test) => {
  process.stderr.write(`tunnels: LINKPLANE_SEED=${SEED}\n`);

  test("are opened by the replay as by the reference plane", () => {
    const seen = { opened: 0, closed: 0, bare: 0 };
    for (let seed = SEED; seed < SEED + ROUNDS; seed++) {
      const dice = new Dice(seed);
      const configuration = markChecked(randomConfiguration(dice));
      const { settings, virtualNetworks } = configuration;
      const networks = new Networks(configuration, servicesOf(configuration, mixOf(settings.seed))[1]);
      const tunnels = new Tunnels(configuration, vlanNetworks(configuration));
      const traffic = new Traffic(dice);
      for (let i = 0; i < FRAMES; i++) {
        const bare = traffic.next();
        const frame = dice.chance(60) ? randomTunnel(bare.frame, bare.link === "ethernet", dice) : bare.frame;
        const cut = dice.chance(10) ? frame.slice(0, dice.below(frame.length + 1)) : frame;
        const link = frame === bare.frame ? bare.link : "ethernet";
        const packet: PacketIn = { ...bare, frame: cut, link, side: "captured", wireLength: frame.length };
        const expected = opened(settings, networks, packet);
        const number = virtualNetworks.findIndex(({ name }) => name === packet.network);
        const actual = tunnels.open(captured(packet, number));
        const where = `seed ${seed}, frame ${i}: ${link} ${Buffer.from(cut).toString("hex")}`;
        if (typeof expected === "string" || (expected !== packet && isNested(expected))) {
          assert.is(actual.is, "closed", where);
          seen.closed++;
        } else if (expected === packet) {
          assert.is(actual.is, "bare", where);
          seen.bare++;
        } else {
          if (actual.is !== "opened") throw new Error(where);
          const { bytes, wireLength, link: inner, network } = actual.opened.frame;
          assert.is(Buffer.from(bytes).toString("hex"), Buffer.from(expected.frame).toString("hex"), where);
          assert.is(`${wireLength} ${inner} ${virtualNetworks[network]?.name}`, aboutOf(expected), where);
          seen.opened++;
        }
      }
      function isNested(inner: PacketIn): boolean {
        return opened(settings, networks, inner) !== inner;
      }
    }
    assert.ok(Math.min(seen.opened, seen.closed, seen.bare) > 500, JSON.stringify(seen));
  });
});

const aboutOf = ({ wireLength, link, network }: PacketIn): string => `${wireLength} ${link} ${network}`;
