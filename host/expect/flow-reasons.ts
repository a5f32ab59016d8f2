// The reasons that the verdict on a flow can have: of those that are let through, and of those that leave a denied flow. All other
// reasons are about single packets.

import * as Abi from "../abi.ts";
import { REASONS } from "../reasons.ts";
import type { Expectation } from "./expectation.ts";

export const FLOW_REASONS: Readonly<Record<Expectation["verdict"], readonly string[]>> = {
  allowed: ["new-flow", "mid-stream-admitted"],
  denied: [
    "endpoint-unreachable",
    "connection-pending",
    "connection-rejected",
    "connection-disconnected",
    "connection-refused",
    "endpoint-rule-denied",
    "no-rule",
    "udp-not-identified",
    "mid-stream",
    "no-backend",
    "flow-table-full",
    "client-flows-full",
    "nat-exhausted",
    "flow-expired",
    ...REASONS.slice(Abi.REASON_RESOURCE_DENIED, Abi.REASON_REFUSED_LAST + 1).map(({ name }) => name),
  ],
};
