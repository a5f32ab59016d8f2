// Backends that drain within a period (behaviour 21.2).
import type { Configuration } from "../../host/config/configuration.ts";
import { nanoseconds } from "./timeouts.ts";

interface Drain {
  period: bigint;
  /** Unknown until the next packet, or `advance`. */
  began?: bigint;
  over: boolean;
}

export class Drains {
  /** By the backend's name. */
  private readonly drains = new Map<string, Drain>();

  /** A configuration is in force. */
  take(periods: ReadonlyMap<string, bigint | undefined>): void {
    for (const [backend, period] of periods) {
      const drain = this.drains.get(backend);
      if (period === undefined) this.drains.delete(backend);
      else this.drains.set(backend, { ...drain, period, over: false });
    }
  }

  /** The clock is at a time; whether something is over since. */
  settle(now: bigint): boolean {
    let ended = false;
    for (const drain of this.drains.values()) {
      drain.began ??= now;
      if (drain.over || now < drain.began + drain.period) continue;
      drain.over = true;
      ended = true;
    }
    return ended;
  }

  isOver(backend: string): boolean {
    return this.drains.get(backend)?.over === true;
  }
}

/** For each backend of a configuration, by its name, the time that its flows have while it is draining, if that is limited. */
export function periodsOf({ loadBalancers }: Configuration): Map<string, bigint | undefined> {
  return new Map(
    loadBalancers.flatMap(({ name, backendAddressPools }) =>
      backendAddressPools.flatMap(({ name: pool, backends, drainPeriodInSeconds: seconds }) =>
        backends.map(({ address, state }): [string, bigint | undefined] => [
          `${name}/${pool}/${address}`,
          state === "draining" && seconds !== undefined ? nanoseconds(seconds) : undefined,
        ]),
      ),
    ),
  );
}
