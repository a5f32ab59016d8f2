// Sources that no packet between networks has (RFC 1812, 5.3.7; RFC 3927, 2.6.2; RFC 4291, 2.5; behaviour 3).

import ipaddr from "ipaddr.js";
import { addressBytes } from "./address.ts";
import type { Ip } from "./ip.ts";

const MARTIAN = ["unspecified", "linkLocal", "multicast", "broadcast"];

const rangeOf = (address: number): string => ipaddr.fromByteArray([...addressBytes(address)]).range();

/** Whether the source of a packet is an address that a host can have beyond its link. */
export const comesFromHost = ({ source }: Pick<Ip, "source">): boolean => !MARTIAN.includes(rangeOf(source));

/** Whether it is one that a host has for itself. */
export const comesFromLoopback = ({ source }: Pick<Ip, "source">): boolean => rangeOf(source) === "loopback";
