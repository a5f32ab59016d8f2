// Addresses and ports of the consumer's leg, as SONiC-DASH says they come about.
import { addressNumber } from "../../../host/config/address.ts";
import { numberOf, plainForm } from "../../../host/config/ipv6.ts";
import type { DashMapping } from "../../../host/config/dash-mapping.ts";
import { MAP_MISS, Mapping, RANGE_MISS } from "../../../host/dash/mapping.ts";
import { assert, suite } from "../../kit.ts";
import { EXAMPLE } from "./example.ts";

const CLIENT = addressNumber("10.0.0.1");
const ENDPOINT = addressNumber("10.0.1.1");

/** What a packet to a port becomes, as text. */
function becomes(dash: DashMapping, port: number): string {
  const to = new Mapping(dash, 0).of(CLIENT, ENDPOINT, port);
  if (typeof to === "string") return to;
  const hex = (address: bigint): string => address.toString(16).padStart(32, "0");
  return `${hex(to.source)} > ${hex(to.destination)} ${to.port} by ${to.underlayDestination.toString(16)}`;
}

const SOURCE = "9988000000000000000000000a000001";
const STRAIGHT = `${SOURCE} > 11223344556677880000000003030301`;

suite("A DASH mapping", (test) => {
  test("gives the addresses of the worked example: 9988::a00:1 to 1122:3344:5566:7788::303:301", () => {
    assert.is(becomes(EXAMPLE, 443), `${STRAIGHT} 443 by 3030301`);
  });

  test("keeps of the endpoint's address what the mask of the destination leaves open", () => {
    const open = { ...EXAMPLE, overlayDipMask: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:0" };
    assert.is(becomes(open, 443), `${SOURCE} > 11223344556677880000000003030101 443 by 3030301`);
  });

  test("redirects ranges of ports: 2010 of 2000-2100 becomes 11010", () => {
    const outboundPortMap = [
      { destinationPorts: "2000-2100", backendIP: "5.5.5.5", backendPortBase: 11_000 },
      { destinationPorts: "443" },
      { destinationPorts: "8000-8080", backendIP: "5.5.5.6", matchPortBase: 7000, backendPortBase: 0 },
    ];
    const map = { ...EXAMPLE, outboundPortMap, overlayDipMask: "ffff:ffff:ffff:ffff:ffff:ffff::" };
    const via = (address: string): string => `${SOURCE} > 112233445566778800000000${address}`;
    assert.is(becomes(map, 2010), `${via("05050505")} 11010 by 5050505`);
    assert.is(becomes(map, 2100), `${via("05050505")} 11100 by 5050505`);
    assert.is(becomes(map, 443), `${via("0a000101")} 443 by 3030301`, "skip_mapping");
    assert.is(becomes(map, 8001), `${via("05050506")} 1001 by 5050506`);
    assert.is(becomes(map, 2101), RANGE_MISS);
    assert.is(becomes({ ...map, outboundPortMap: [] }, 443), MAP_MISS);
  });

  test("has the lower 24 bits of the connection's number as its key, unless it says another", () => {
    const { tunnelKey: _, ...keyless } = EXAMPLE;
    const transform = new Mapping(EXAMPLE, 0).of(0x0a000001, 0x0a000101, 443);
    if (typeof transform === "string") throw new Error(transform);
    assert.is(new Mapping(keyless, 0xab_123456).outerOf(transform).identifier, 0x123456);
    assert.is(new Mapping(EXAMPLE, 0xab_123456).outerOf(transform).identifier, 100);
  });
});

suite("IPv6 addresses as text", (test) => {
  for (const [text, value] of [
    ["::", 0n],
    ["::1", 1n],
    ["1::", 1n << 112n],
    ["1:2:3:4:5:6:7:8", 0x0001_0002_0003_0004_0005_0006_0007_0008n],
    ["FD40::a:0", (0xfd40n << 112n) | 0xa_0000n],
  ] as const)
    test(text, () => assert.is(numberOf(text), value));

  test("what is none", () => {
    for (const text of [
      "",
      ":",
      ":::",
      "1::2::3",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      "1:2:3:4:5:6:7::8",
      "g::",
      "12345::",
      "::1.2.3.4",
    ])
      assert.is(plainForm(text), undefined, text);
  });
});
