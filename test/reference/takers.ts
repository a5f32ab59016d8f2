// Which backends of a pool take new flows (behaviour 21.1).
import type { BackendAddressPool } from "../../host/config/configuration.ts";

/** For each backend of a pool whether it does. */
export function takersOf({ backends, noHealthyBackendsBehavior = "AllProbedDown" }: BackendAddressPool): boolean[] {
  const ordinary = backends.map(({ weight, state, adminState = "None" }) => {
    if (weight === 0 || state === "draining" || adminState === "Down") return false;
    return adminState === "Up" || state === "up";
  });
  if (noHealthyBackendsBehavior === "AllProbedDown" || ordinary.includes(true)) return ordinary;
  return backends.map(
    ({ weight, state, adminState = "None" }) => weight > 0 && state === "down" && adminState === "None",
  );
}
