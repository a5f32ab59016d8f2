// Timeouts of states, in ns.
import type { Timers } from "../../host/config/configuration.ts";
import type { FlowOut } from "../plane.ts";

const PER_SECOND = 1e9;

export type State = FlowOut["state"];
export type Timeouts = Record<State, bigint>;

export const nanoseconds = (seconds: number): bigint => BigInt(Math.round(seconds * PER_SECOND));

/** That of `established` is for rules without their own. */
export function timeoutsOf(timers: Timers): Timeouts {
  return {
    opening: nanoseconds(timers.tcpOpeningSeconds),
    established: nanoseconds(timers.tcpIdleSeconds),
    closing: nanoseconds(timers.tcpClosingSeconds),
    reset: nanoseconds(timers.tcpResetSeconds),
    udp: nanoseconds(timers.udpIdleSeconds),
    denied: nanoseconds(timers.deniedSeconds),
  };
}
