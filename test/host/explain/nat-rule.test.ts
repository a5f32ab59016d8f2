// The stage of rules names the backend of an inbound NAT rule's port, and the frontend that floating IP leaves packets addressed to.

import { type Configuration, markChecked } from "../../../host/config/configuration.ts";
import { createPlane } from "../../../host/plane.ts";
import { baseConfiguration, SSH } from "../../conformance/configuration.ts";
import { frameOf } from "../../conformance/packet.ts";
import { assert, suite } from "../../kit.ts";

/** What is explained of a SYN to a port: decisions by stage. */
async function told(port: number, change: (configuration: Configuration) => void): Promise<Record<string, string>> {
  const configuration = baseConfiguration();
  change(configuration);
  const plane = await createPlane(markChecked(configuration));
  const frame = frameOf(`tcp 10.1.0.9:5000 > 10.1.0.4:${port} S`);
  const { steps } = plane.explain({ frame, network: "shop", time: 0n });
  return Object.fromEntries(steps.map(({ stage, decided }) => [stage, decided]));
}

suite("An explanation of a rule", (test) => {
  test("says whose port an inbound NAT rule's is, and asks no candidates", async () => {
    const stages = await told(50_000, ({ loadBalancers: [balancer] }) => {
      Object.assign(balancer as object, { inboundNatRules: [SSH] });
    });
    assert.is(stages.rule, "ssh: tcp/50000 to port 22 of 10.2.1.1 alone");
    assert.is(stages.candidate, undefined);
    assert.is(stages["load balancing"], undefined);
    assert.is(stages.rewrite, "10.1.0.9:5000 > 10.1.0.4:50000 becomes 10.2.0.10:1024 > 10.2.1.1:22");
  });

  test("says with floating IP which address packets stay addressed to", async () => {
    const stages = await told(443, ({ loadBalancers: [balancer] }) => {
      for (const rule of balancer?.loadBalancingRules ?? [])
        Object.assign(rule, { enableFloatingIP: true, backendPort: rule.frontendPort });
    });
    assert.is(stages.rule, "https: tcp/443 to port 443, addressed to the frontend 10.2.0.5");
    assert.is(stages["NAT port"], "10.2.0.10:1024, one of 1 in use towards 10.2.0.5");
    assert.is(stages.rewrite, "10.1.0.9:5000 > 10.1.0.4:443 becomes 10.2.0.10:1024 > 10.2.0.5:443");
  });
});
