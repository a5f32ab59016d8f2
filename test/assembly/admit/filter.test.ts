// Endpoint rules by the thousand: what the core's vectors say against asking the rules one by one, and how much room they take.

import { compile } from "../../../host/config/compile.ts";
import { type Configuration, markChecked, type SecurityRule } from "../../../host/config/configuration.ts";
import { addressText } from "../../../host/config/address.ts";
import { createPlane } from "../../../host/plane.ts";
import { baseConfiguration } from "../../conformance/configuration.ts";
import { assert, suite } from "../../kit.ts";
import { Dice } from "../../random/dice.ts";
import { ReferencePlane } from "../../reference/plane.ts";
import { SYN, segment } from "../segment.ts";

const MEBIBYTE = 2 ** 20;

/** Rules for random blocks; the endpoint's own port is in one range of eight. */
function rulesOf(dice: Dice, count: number, prefixes: number): SecurityRule[] {
  const block = (): string => {
    const length = 12 + dice.below(21);
    const mask = (-1 << (32 - length)) >>> 0;
    return `${addressText(((0x0a000000 | dice.below(2 ** 24)) & mask) >>> 0)}/${length}`;
  };
  return Array.from({ length: count }, (_, i) => ({
    name: `rule-${i}`,
    priority: 100 + i,
    access: dice.pick(["Allow", "Deny"] as const),
    protocol: dice.pick(["Tcp", "Udp", "*"] as const),
    sourceAddressPrefixes: Array.from({ length: prefixes }, block),
    sourceApplicationSecurityGroups: [],
    destinationAddressPrefixes: [],
    destinationApplicationSecurityGroups: [],
    destinationPortRanges: [dice.chance(12) ? "400-500" : `${1000 + i}-${1000 + 2 * i}`],
  }));
}

function guarded(rules: SecurityRule[]): Configuration {
  const configuration = baseConfiguration();
  configuration.networkSecurityGroups = [{ name: "guard", defaultRules: "none", securityRules: rules }];
  Object.assign(configuration.privateEndpoints[0] ?? {}, { networkSecurityGroup: "guard" });
  Object.assign(configuration.settings, { maxFlows: 10_000, maxDenied: 10_000, endpointSources: "admit" });
  return markChecked(configuration);
}

suite("A filter", (test) => {
  test("of many rules does what the rules say one by one", async () => {
    const dice = new Dice(11);
    const configuration = guarded(rulesOf(dice, 300, 20));
    const plane = await createPlane(configuration);
    const reference = new ReferencePlane(configuration);
    const seen = new Set<string>();
    for (let i = 0; i < 4000; i++) {
      const frame = segment(0x0a000000 | dice.below(2 ** 24), 1024 + i, SYN);
      const about = { network: "shop", time: 0n };
      const { reason } = plane.processFrame(frame, about);
      const [expected] = reference.process([{ ...about, frame, link: "ethernet", side: "consumer" }]);
      assert.is(reason, expected?.reason);
      seen.add(reason);
    }
    assert.equal([...seen].sort(), ["endpoint-rule-denied", "new-flow"]);
  });

  test("of 1,000 rules over 100,000 prefixes fits into some megabytes", () => {
    const { image } = compile(guarded(rulesOf(new Dice(3), 1000, 100)), "drop");
    assert.ok(image.length < 80 * MEBIBYTE, `${image.length} bytes`);
  });
});
