// Timeouts of states, in ns.
import type { Timers } from "../../host/config/configuration.ts";
import type { FlowOut } from "../plane.ts";

const PER_SECOND = 1e9;

export type State = FlowOut["state"];
/** `splits`: after FIN in one direction a flow is half-closed. */
export type Timeouts = Record<State, bigint> & { splits: boolean };

export const nanoseconds = (seconds: number): bigint => BigInt(Math.round(seconds * PER_SECOND));

/** That of `established` is for rules without their own. */
export function timeoutsOf(timers: Timers): Timeouts {
  return {
    opening: nanoseconds(timers.tcpOpeningSeconds),
    established: nanoseconds(timers.tcpIdleSeconds),
    "half-closed": nanoseconds(timers.tcpHalfClosedSeconds ?? timers.tcpIdleSeconds),
    splits: timers.tcpHalfClosedSeconds !== undefined,
    closing: nanoseconds(timers.tcpClosingSeconds),
    reset: nanoseconds(timers.tcpResetSeconds),
    udp: nanoseconds(timers.udpIdleSeconds),
    denied: nanoseconds(timers.deniedSeconds),
  };
}
