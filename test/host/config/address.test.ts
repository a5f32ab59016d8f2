// Addresses in text: what counts as one, and what does not.

import { isIPv4 } from "node:net";
import fc from "fast-check";
import * as Address from "../../../host/config/address.ts";
import { assert, suite } from "../../kit.ts";

const REFUSED = [
  ["", ".", "1", "1.2.3", "1.2.3.", ".1.2.3", "1.2.3.4.", "1.2.3.4.5", "1..2.3"],
  ["1.2.3.256", "1.2.3.999", "1.2.3.1000", "4294967296.0.0.1", "1.2.3.-4", "1.2.3.+4", "1.2.3.4e0"],
  ["010.0.0.1", "10.00.0.1", "1.2.3.04", "0x7f.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "017700000001"],
  [" 1.2.3.4", "1.2.3.4 ", "1.2.3.4\n", "\t1.2.3.4", "1. 2.3.4", "1.2.3.4\0", "1,2,3,4", "1.2.3.4/32", "1.2.3.4:80"],
  ["::1", "::ffff:1.2.3.4", "2001:db8::1", "localhost", "1.2.3.x", "١.٢.٣.٤", "１.2.3.4", "1。2。3。4"],
].flat();

const HOSTS: [text: string, host: boolean][] = [
  ["0.0.0.0", false],
  ["0.255.255.255", false],
  ["1.0.0.0", true],
  ["127.0.0.1", true],
  ["169.254.1.1", true],
  ["223.255.255.255", true],
  ["224.0.0.0", false],
  ["255.255.255.255", false],
];

const MACS: [text: string, mac: boolean][] = [
  ["02:00:00:00:00:01", true],
  ["02-00-00-00-00-0A", true],
  ["ff:FF:ff:FF:ff:FF", true],
  ["02:00:00:00:00", false],
  ["02:00:00:00:00:01:02", false],
  ["2:0:0:0:0:1", false],
  ["0200.0000.0001", false],
  ["020000000001", false],
  ["02:00:00:00:00:0g", false],
  [" 02:00:00:00:00:01", false],
];

const number = fc.nat(0xffffffff);
const nearly = fc.oneof(
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6(),
  fc.string({ unit: fc.constantFrom(..."0123456789.x "), maxLength: 17 }),
  fc
    .array(fc.integer({ min: -1, max: 300 }).map(String), { minLength: 3, maxLength: 5 })
    .map((parts) => parts.join(".")),
  fc
    .tuple(fc.ipV4(), fc.nat(15), fc.constantFrom(..."0159.x: "))
    .map(([text, at, c]) => text.slice(0, at) + c + text.slice(at)),
);

suite("An address", (test) => {
  test("has one plain form", () => {
    for (const text of REFUSED) assert.not(Address.isAddress(text), JSON.stringify(text));
    for (const text of ["0.0.0.0", "10.0.0.1", "255.255.255.255"]) assert.ok(Address.isAddress(text), text);
  });

  test("is what Node takes for one", () => {
    fc.assert(
      fc.property(nearly, (text) => Address.isAddress(text) === isIPv4(text)),
      { numRuns: 5000 },
    );
  });

  test("is a number and its text", () => {
    assert.is(Address.addressNumber("10.0.0.1"), 0x0a000001);
    assert.is(Address.addressNumber("255.0.0.0"), 0xff000000);
    fc.assert(fc.property(number, (address) => Address.addressNumber(Address.addressText(address)) === address));
    fc.assert(fc.property(fc.ipV4(), (text) => Address.addressText(Address.addressNumber(text)) === text));
  });

  for (const [text, host] of HOSTS)
    test(`${text} can${host ? "" : "not"} belong to a host`, () => {
      assert.is(Address.isHostAddress(Address.addressNumber(text)), host);
    });
});

suite("A MAC address", (test) => {
  for (const [text, mac] of MACS) test(`${text} is ${mac ? "one" : "none"}`, () => assert.is(Address.isMac(text), mac));

  test("is six bytes", () => {
    assert.equal([...Address.macBytes("02-00-5E:10:00:fF")], [2, 0, 0x5e, 16, 0, 255]);
  });
});
