// The stage that opens tunnels says what it opened, or why not; what is in them is explained as if it had come without.

import { markChecked } from "../../../host/config/configuration.ts";
import type { Explanation } from "../../../host/explain/explanation.ts";
import { createPlane } from "../../../host/plane.ts";
import { baseConfiguration } from "../../conformance/configuration.ts";
import { frameOf } from "../../conformance/packet.ts";
import { assert, suite } from "../../kit.ts";
import { gre, nvgre, vxlan } from "../../tunnel.ts";

const SYN = frameOf("tcp 10.1.0.9:5000 > 10.1.0.4:443 S");

async function explained(frame: Uint8Array): Promise<Explanation> {
  const configuration = baseConfiguration();
  configuration.settings.tunnels = [{ type: "vxlan" }, { type: "nvgre" }, { type: "gre" }];
  Object.assign(configuration.virtualNetworks[1] as object, { vni: 7 });
  const plane = await createPlane(markChecked(configuration));
  return plane.explain({ frame, network: "shop", time: 0n });
}

const toldOf = ({ steps }: Explanation) => {
  const [step] = steps;
  assert.is(step?.stage, "tunnel");
  return step?.decided;
};

suite("An explanation of what came in a tunnel", (test) => {
  test("says what was opened, and which network its identifier names", async () => {
    const explanation = await explained(vxlan(SYN));
    assert.is(
      toldOf(explanation),
      "VXLAN 172.31.0.1 > 172.31.0.2, VNI 7, which is network lab: opened, 54 bytes in it",
    );
    assert.is(explanation.reason, "new-flow");
    const [left] = explanation.left;
    assert.is(left?.changes?.length, changesWithout);
  });

  test("says so of an identifier that names none, and of none at all", async () => {
    assert.is(
      toldOf(await explained(nvgre(SYN, { id: 8 }))),
      "NVGRE 172.31.0.1 > 172.31.0.2, VSID 8: opened, 54 bytes in it",
    );
    assert.is(toldOf(await explained(gre(SYN))), "GRE 172.31.0.1 > 172.31.0.2, without a key: opened, 54 bytes in it");
  });

  test("says so of a tunnel over IPv6", async () => {
    assert.is(
      toldOf(await explained(vxlan(SYN, { six: true }))),
      "VXLAN 2001:db8::1 > 2001:db8::2, VNI 7, which is network lab: opened, 54 bytes in it",
    );
  });

  test("says why it was left closed", async () => {
    const explanation = await explained(vxlan(SYN, { flags: 0 }));
    assert.is(
      toldOf(explanation),
      "VXLAN 172.31.0.1 > 172.31.0.2: The packet is a tunnel's that is not opened, and concerns no endpoint.",
    );
    assert.is(explanation.verdict, "pass");
  });
});

/** Fields that the translation changes, as it does without a tunnel. */
const changesWithout = (await explained(SYN)).left[0]?.changes?.length;
