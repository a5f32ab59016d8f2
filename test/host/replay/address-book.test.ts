// Addresses as numbers: what stands for IPv6 ones, and what is forgotten of them.

import { bytesOf } from "../../../host/config/ipv6.ts";
import { AddressBook, isSixNumber } from "../../../host/replay/address-book.ts";
import { Changes } from "../../../host/replay/changes.ts";
import { baseConfiguration } from "../../conformance/configuration.ts";
import { NAT6, withIpv6 } from "../../conformance/ipv6-kit.ts";
import { assert, suite } from "../../kit.ts";

const MOST = 65_536;
const address = (i: number): Uint8Array => bytesOf(`2001:db8::${(i >>> 16).toString(16)}:${(i & 0xffff).toString(16)}`);

suite("An address book", (test) => {
  test("has IPv4 addresses as the numbers that they are, and a number above them for each of IPv6", () => {
    const book = new AddressBook();
    assert.is(book.ofText("10.0.0.1"), 0x0a000001);
    assert.is(book.text(0x0a000001), "10.0.0.1");
    assert.equal([...book.bytes(0x0a000001)], [10, 0, 0, 1]);
    const number = book.ofText("fd00::1");
    assert.ok(isSixNumber(number) && !isSixNumber(0xffffffff));
    assert.is(book.read(Uint8Array.from([0, 0, ...bytesOf("fd00::1")]), 2), number);
    assert.is(book.text(number), "fd00::1");
    assert.is(book.sum(number), 0xfd01);
    assert.is.not(book.read(bytesOf("fd00::2"), 0), number);
  });

  test("forgets the addresses that were read longest ago, none of the configuration, and gives no number twice", () => {
    const book = new AddressBook(MOST);
    const own = book.ofText("fd00::1");
    const first = book.read(address(0), 0);
    const often = book.read(address(1), 0);
    const numbers = new Set([own, first, often]);
    for (let i = 2; i < 3 * MOST; i++) {
      numbers.add(book.read(address(i), 0));
      if (i % 1000 === 0) assert.is(book.read(address(1), 0), often);
    }
    assert.is(numbers.size, 3 * MOST + 1);
    assert.is(book.text(own), "fd00::1");
    assert.is(book.text(first), "::");
    assert.ok(!numbers.has(book.read(address(0), 0)));
    assert.is(book.read(address(3 * MOST - 1), 0), own + 3 * MOST);
  });

  test("never forgets a NAT address, which a flow has however many clients come after", () => {
    const book = new AddressBook(MOST);
    const configuration = baseConfiguration();
    withIpv6(configuration);
    new Changes(book).begin(configuration);
    const nat = book.read(bytesOf(NAT6.replace(/[[\]]/g, "")), 0);
    for (let i = 0; i < 3 * MOST; i++) book.read(address(i), 0);
    assert.is(`[${book.text(nat)}]`, NAT6);
  });
});
