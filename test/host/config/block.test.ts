// Blocks of addresses in text (CIDR, RFC 4632), and which addresses they hold.

import fc from "fast-check";
import { addressText } from "../../../host/config/address.ts";
import { textOf } from "../../../host/config/ipv6.ts";
import { holds, isBlock, overlap, withoutHostBits } from "../../../host/config/prefix.ts";
import { assert, suite } from "../../kit.ts";

const NO_BLOCKS = [
  ["", "/", "/8", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/032", "10.0.0.0/-1"],
  ["10.0.0.0/8/8", "10.0.0.0/8.0", "10.0.0.0/ 8", "10.0.0.0 /8", "10.0.0.0/8 ", "10.0.0.0/255.0.0.0", "10/8"],
  [
    "fd00::",
    "fd00::/",
    "fd00::/129",
    "fd00::/064",
    "FD00::/8",
    "fd00:0::/32",
    "::1.2.3.4/128",
    "fe80::1%1/64",
    "fd00::/8/8",
  ],
  ["010.0.0.0/8", "10.0.0/8", "10.0.0.256/8", "0x0a.0.0.0/8", " 10.0.0.0/8", "10.0.0.0\\8"],
].flat();

/** A block, whether it has host bits, and its text without them. */
const HOST_BITS: [text: string, has: boolean, plain: string][] = [
  ["10.1.0.0/16", false, "10.1.0.0/16"],
  ["10.1.0.1/16", true, "10.1.0.0/16"],
  ["10.1.128.0/16", true, "10.1.0.0/16"],
  ["0.0.0.0/0", false, "0.0.0.0/0"],
  ["128.0.0.0/0", true, "0.0.0.0/0"],
  ["128.0.0.0/1", false, "128.0.0.0/1"],
  ["10.0.0.3/31", true, "10.0.0.2/31"],
  ["255.255.255.255/32", false, "255.255.255.255/32"],
  ["::/0", false, "::/0"],
  ["8000::/0", true, "::/0"],
  ["fd00:1::/32", false, "fd00:1::/32"],
  ["fd00:1::1/32", true, "fd00:1::/32"],
  ["fd00::3/127", true, "fd00::2/127"],
  ["fd00::3/128", false, "fd00::3/128"],
];

/** A family: how many bits its addresses have, and their text. */
const FAMILIES: [bits: number, text: (address: bigint) => string][] = [
  [32, (address) => addressText(Number(address))],
  [
    128,
    (address) => textOf(Uint8Array.from({ length: 16 }, (_, i) => Number((address >> BigInt(120 - 8 * i)) & 255n))),
  ],
];

/** First and last address of a block, by arithmetic alone. */
function span(address: bigint, length: number, bits: number): [first: bigint, last: bigint] {
  const size = 2n ** BigInt(bits - length);
  const first = (address / size) * size;
  return [first, first + size - 1n];
}

suite("A block", (test) => {
  test("has an address in its plain form, a slash and a length", () => {
    for (const text of NO_BLOCKS) assert.not.ok(isBlock(text), JSON.stringify(text));
    for (let length = 0; length <= 32; length++) assert.ok(isBlock(`0.0.0.0/${length}`), `${length}`);
    for (let length = 0; length <= 128; length++) assert.ok(isBlock(`::/${length}`), `${length}`);
  });

  for (const [text, has, plain] of HOST_BITS)
    test(`${text} has ${has ? "" : "no "}host bits`, () => {
      assert.is(withoutHostBits(text), plain);
      assert.is(withoutHostBits(text) !== text, has);
    });

  for (const [bits, textIn] of FAMILIES) {
    const most = 2n ** BigInt(bits) - 1n;
    const number = fc.bigInt(0n, most);
    const length = fc.nat(bits);

    test(`of ${bits} bits holds the addresses from its first to its last`, () => {
      const property = fc.property(number, length, number, (address, size, other) => {
        const [first, last] = span(address, size, bits);
        const block = `${textIn(address)}/${size}`;
        for (const candidate of [first, last, first - 1n, last + 1n, other].filter((c) => c >= 0n && c <= most))
          assert.is(holds(block, textIn(candidate)), candidate >= first && candidate <= last);
        assert.is(withoutHostBits(block), `${textIn(first)}/${size}`);
      });
      fc.assert(property, { numRuns: 500 });
    });

    test(`of ${bits} bits overlaps those it shares an address with, and holds those all of which it has`, () => {
      const near = fc
        .tuple(number, length, length, fc.nat(300))
        .map(([a, i, j, by]) => [a, i, (a + BigInt(by)) % (most + 1n), j] as const);
      const property = fc.property(near, ([a, i, b, j]) => {
        const [one, two] = [span(a, i, bits), span(b, j, bits)];
        const blocks = [`${textIn(a)}/${i}`, `${textIn(b)}/${j}`] as const;
        assert.is(overlap(...blocks), one[0] <= two[1] && two[0] <= one[1]);
        assert.is(holds(...blocks), one[0] <= two[0] && two[1] <= one[1]);
      });
      fc.assert(property, { numRuns: 500 });
    });
  }

  test("of one family has nothing to do with one of the other", () => {
    assert.not.ok(holds("::/0", "10.0.0.1"));
    assert.not.ok(holds("0.0.0.0/0", "::1"));
    assert.not.ok(overlap("::/0", "0.0.0.0/0"));
  });
});
