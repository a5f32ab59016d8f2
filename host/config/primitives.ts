// The simplest values of a configuration file: names, addresses, blocks, ports.

import * as z from "zod";
import { addressNumber, isAddress, isHostAddress, isMac } from "./address.ts";
import { isHostAddress6, isSix, plainForm } from "./ipv6.ts";
import { isBlock, withoutHostBits } from "./prefix.ts";

const PORT_MAX = 65_535;
const VLAN_MAX = 4_094;

export const name = z
  .string()
  .min(1, "A name has at least one character. Give it one.")
  .max(80, "A name has at most 80 characters. Shorten it.");

/** What is wrong with a text as the address of a host, if anything. */
const addressFault = (text: string): string | undefined => (isSix(text) ? addressFault6(text) : addressFault4(text));

function addressFault4(text: string): string | undefined {
  if (!isAddress(text))
    return `"${text}" is no IPv4 address. Write four decimal parts from 0 to 255 without leading zeros, such as 10.0.0.1.`;
  if (!isHostAddress(addressNumber(text)))
    return `${text} cannot belong to a host. Choose an address between 1.0.0.0 and 223.255.255.255.`;
  return undefined;
}

function addressFault6(text: string): string | undefined {
  const plain = plainForm(text);
  if (plain === undefined) return `"${text}" is no IPv6 address. Write it as fd00::1, without a zone.`;
  if (plain !== text) return `${text} has another plain form. Write ${plain}.`;
  if (!isHostAddress6(text))
    return `${text} cannot belong to a host. Choose an address of 2000::/3 or, inside a network, of fd00::/8.`;
  return undefined;
}

const tell = (context: z.RefinementCtx, message: string | undefined): void => {
  if (message !== undefined) context.addIssue({ code: "custom", message });
};

/** Address of a host, of either family. */
export const address = z.string().superRefine((text, context) => tell(context, addressFault(text)));

export const address4 = z.string().superRefine((text, context) => tell(context, addressFault4(text)));

export const address6 = z.string().superRefine((text, context) => {
  tell(
    context,
    isSix(text) ? addressFault6(text) : `"${text}" is no IPv6 address. Write it as fd00::1, without a zone.`,
  );
});

export const block = z.string().superRefine((text, context) => {
  if (!isBlock(text)) tell(context, `"${text}" is no address block. Write it as 10.1.0.0/16 or fd00:1::/64.`);
  else if (withoutHostBits(text) !== text)
    tell(context, `${text} has bits set beyond its length. Write ${withoutHostBits(text)}.`);
});

export const mac = z
  .string()
  .refine(isMac, "This is no MAC address. Write six hexadecimal pairs, such as 02:00:00:00:00:01.");
export const vlanIdentifier = z.int().min(1).max(VLAN_MAX);
export const port = z.int().min(0).max(PORT_MAX);
