// An end of a flow as text: `10.0.0.9:443`, `[2001:db8::9]:443`, or an address alone.

import { isSix } from "./ipv6.ts";
import { isAnyAddress } from "./span.ts";

const PORT_MAX = 65_535;
/** A pattern that takes an address of either family in the form it has before a port, and the port. */
export const END_PATTERN = String.raw`(?:\[([^\]]*)\]|([\d.]+)):(\d+)`;
const END = new RegExp(`^${END_PATTERN}$`);

/** An address, and a port where one was said. */
export interface End {
  address: string;
  port?: number;
}

/** Reads an end; undefined when it is none. An address without a port may do without brackets. */
export function endOf(text: string): End | undefined {
  const [, six, four, digits] = END.exec(text) ?? [];
  if (digits === undefined) {
    const address = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
    return isAnyAddress(address) && (isSix(address) || address === text) ? { address } : undefined;
  }
  const address = six ?? four ?? "";
  const port = Number(digits);
  const sound = isAnyAddress(address) && isSix(address) === (six !== undefined) && port <= PORT_MAX;
  return sound ? { address, port } : undefined;
}

/** Writes an end. */
export const endText = (address: string, port: number): string =>
  isSix(address) ? `[${address}]:${port}` : `${address}:${port}`;
