// Times to drain as the mirror reckons them.

import { addressNumber } from "../../../host/config/address.ts";
import type { Configuration } from "../../../host/config/configuration.ts";
import { AddressBook } from "../../../host/replay/address-book.ts";
import { Drains } from "../../../host/replay/drains.ts";
import { assert, suite } from "../../kit.ts";
import { configurationWith } from "./conversation.ts";

const FRONTEND = addressNumber("10.2.0.5");
const SECOND = 1e9;

/** Floating IP, and the backend in a state. */
const inState = (state: "up" | "draining"): Configuration =>
  configurationWith(({ loadBalancers: [balancer] }) => {
    for (const rule of balancer?.loadBalancingRules ?? [])
      Object.assign(rule, { enableFloatingIP: true, backendPort: rule.frontendPort });
    for (const pool of balancer?.backendAddressPools ?? []) {
      pool.drainPeriodInSeconds = 10;
      for (const backend of pool.backends) backend.state = state;
    }
  });

suite("The mirror's draining backends", (test) => {
  test("with floating IP may have cut flows of the frontend, and may no longer once they are up again", () => {
    const drains = new Drains(new AddressBook());
    drains.take(inState("draining"), 0, false);
    assert.is(drains.mayHaveEnded(FRONTEND, 5 * SECOND, 11 * SECOND), true);
    drains.take(inState("up"), 6 * SECOND, false);
    assert.is(drains.mayHaveEnded(FRONTEND, 7 * SECOND, 20 * SECOND), false);
  });
});
