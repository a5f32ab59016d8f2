// The simplest values of a configuration file: names, addresses, blocks, ports.

import * as z from "zod";
import { addressNumber, blockOf, blockText, hasHostBits, isAddress, isHostAddress, isMac } from "./address.ts";

const PORT_MAX = 65_535;
const VLAN_MAX = 4_094;

export const name = z
  .string()
  .min(1, "A name has at least one character. Give it one.")
  .max(80, "A name has at most 80 characters. Shorten it.");

export const address = z.string().superRefine((text, context) => {
  if (!isAddress(text))
    context.addIssue({
      code: "custom",
      message: `"${text}" is no IPv4 address. Write four decimal parts from 0 to 255 without leading zeros, such as 10.0.0.1.`,
    });
  else if (!isHostAddress(addressNumber(text)))
    context.addIssue({
      code: "custom",
      message: `${text} cannot belong to a host. Choose an address between 1.0.0.0 and 223.255.255.255.`,
    });
});

export const block = z.string().superRefine((text, context) => {
  const parsed = blockOf(text);
  if (parsed === undefined)
    context.addIssue({ code: "custom", message: `"${text}" is no address block. Write it as 10.1.0.0/16.` });
  else if (hasHostBits(parsed))
    context.addIssue({
      code: "custom",
      message: `${text} has bits set beyond its length. Write ${blockText(parsed)}.`,
    });
});

export const mac = z
  .string()
  .refine(isMac, "This is no MAC address. Write six hexadecimal pairs, such as 02:00:00:00:00:01.");
export const vlanIdentifier = z.int().min(1).max(VLAN_MAX);
export const port = z.int().min(0).max(PORT_MAX);
