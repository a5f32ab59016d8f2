// Blocks of addresses in text (CIDR, RFC 4632), and which addresses they hold.

import fc from "fast-check";
import * as Address from "../../../host/config/address.ts";
import { assert, suite } from "../../kit.ts";

const NO_BLOCKS = [
  ["", "/", "/8", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/032", "10.0.0.0/-1"],
  ["10.0.0.0/8/8", "10.0.0.0/8.0", "10.0.0.0/ 8", "10.0.0.0 /8", "10.0.0.0/8 ", "10.0.0.0/255.0.0.0", "10/8", "::/0"],
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
];

const number = fc.nat(0xffffffff);
const length = fc.nat(32);

/** First and last address of a block, by arithmetic alone. */
function span(address: number, bits: number): [first: number, last: number] {
  const size = 2 ** (32 - bits);
  const first = Math.floor(address / size) * size;
  return [first, first + size - 1];
}

const blockAt = (address: number, bits: number): Address.AddressBlock =>
  Address.blockOf(`${Address.addressText(address)}/${bits}`) as Address.AddressBlock;

suite("A block", (test) => {
  test("has an address, a slash and a length from 0 to 32", () => {
    for (const text of NO_BLOCKS) assert.is(Address.blockOf(text), undefined, JSON.stringify(text));
    for (let bits = 0; bits <= 32; bits++) assert.ok(Address.blockOf(`0.0.0.0/${bits}`), `${bits}`);
  });

  for (const [text, has, plain] of HOST_BITS)
    test(`${text} has ${has ? "" : "no "}host bits`, () => {
      const block = Address.blockOf(text) as Address.AddressBlock;
      assert.is(Address.hasHostBits(block), has);
      assert.is(Address.blockText(block), plain);
    });

  test("holds the addresses from its first to its last", () => {
    const property = fc.property(number, length, number, (address, bits, other) => {
      const [first, last] = span(address, bits);
      const block = blockAt(address, bits);
      for (const candidate of [first, last, first - 1, last + 1, other].filter((c) => c >= 0 && c <= 0xffffffff))
        assert.is(Address.inBlock(block, candidate), candidate >= first && candidate <= last);
      assert.is(Address.hasHostBits(block), address !== first);
      assert.is(Address.blockText(block), `${Address.addressText(first)}/${bits}`);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test("overlaps those it shares an address with", () => {
    const near = fc
      .tuple(number, length, length, fc.nat(300))
      .map(([a, i, j, by]) => [a, i, (a + by) % 2 ** 32, j] as const);
    const property = fc.property(near, ([a, i, b, j]) => {
      const [one, two] = [span(a, i), span(b, j)];
      assert.is(Address.blocksOverlap(blockAt(a, i), blockAt(b, j)), one[0] <= two[1] && two[0] <= one[1]);
    });
    fc.assert(property, { numRuns: 1000 });
  });
});
