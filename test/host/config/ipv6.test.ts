// IPv6 in a configuration: one plain form of each address, blocks of both families, and families that do not go together.

import { markChecked } from "../../../host/config/configuration.ts";
import { hasSix, Intervals } from "../../../host/config/intervals.ts";
import * as Ipv6 from "../../../host/config/ipv6.ts";
import { normalizeConfiguration } from "../../../host/config/normalize.ts";
import { holds, isBlock, overlap, withoutHostBits } from "../../../host/config/prefix.ts";
import { ConfigurationError } from "../../../host/config/problem.ts";
import { createPlane } from "../../../host/plane.ts";
import { baseConfiguration } from "../../conformance/configuration.ts";
import { withIpv6 } from "../../conformance/ipv6-kit.ts";
import { assert, suite } from "../../kit.ts";

type File = Record<string, unknown>;

/** A file with IPv6 in it, and changes of it by path: `privateEndpoints.0.privateIPAddress`. */
function fileWith(changes: Record<string, unknown>): File {
  const configuration = baseConfiguration();
  withIpv6(configuration);
  const file = JSON.parse(JSON.stringify(configuration)) as File;
  for (const [path, value] of Object.entries(changes)) {
    const names = path.split(".");
    const last = names.pop() as string;
    let at = file as Record<string, unknown>;
    for (const name of names) at = at[name] as Record<string, unknown>;
    at[last] = value;
  }
  return file;
}

/** `path: message` of each mistake. */
function mistakesOf(changes: Record<string, unknown>): string[] {
  try {
    normalizeConfiguration(fileWith(changes));
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

const six = "privateEndpoints.6.privateIPAddress";
/** Every endpoint with IPv6 is of the IPv4 service. */
const ONLY_ACROSS = {
  "privateEndpoints.6.privateLinkService": "service",
  "privateEndpoints.8.privateLinkService": "service",
  "privateLinkServices.1.virtualNetwork": "lab",
  "virtualNetworks.1.addressSpace": [],
};
const MISTAKES: [what: string, changes: Record<string, unknown>, mistake: string][] = [
  [
    "another form",
    { [six]: "FD00:1::6" },
    "privateEndpoints[6].privateIPAddress: FD00:1::6 has another plain form. Write fd00:1::6.",
  ],
  [
    "a zone",
    { [six]: "fe80::1%eth0" },
    'privateEndpoints[6].privateIPAddress: "fe80::1%eth0" is no IPv6 address. Write it as fd00::1, without a zone.',
  ],
  [
    "an address of no host",
    { [six]: "ff02::1" },
    "privateEndpoints[6].privateIPAddress: ff02::1 cannot belong to a host. Choose an address of 2000::/3 or, inside a network, of fd00::/8.",
  ],
  [
    "host bits",
    { "virtualNetworks.0.addressSpace": ["fd00:1::1/64"] },
    "virtualNetworks[0].addressSpace[0]: fd00:1::1/64 has bits set beyond its length. Write fd00:1::/64.",
  ],
  [
    "NAT addresses of both families",
    { "privateLinkServices.1.natAddresses": ["fd00:2::10", "10.2.0.99"] },
    "privateLinkServices[1].natAddresses[1]: 10.2.0.99 is of another family than fd00:2::10. Make another service for it.",
  ],
  [
    "a backend of the other family",
    { "loadBalancers.1.backendAddressPools.0.backends.0.address": "10.2.9.9" },
    'loadBalancers[1].backendAddressPools[0].backends[0].address: "service6" has NAT addresses of IPv6. Give it backends of IPv6, or other NAT addresses.',
  ],
  [
    "an IPv4 endpoint of an IPv6 service",
    { "privateEndpoints.0.privateLinkService": "service6" },
    'privateEndpoints[0].privateIPAddress: "service6" is an IPv6 service, which IPv4 clients do not reach. Choose an IPv6 address.',
  ],
  [
    "two IPv6 addresses",
    { "privateEndpoints.5.privateIPAddress": "fd00:1::44" },
    "privateEndpoints[5].privateIPAddress: The endpoint has privateIPv6Address too. Make this one an IPv4 address, or remove one.",
  ],
  [
    "an IPv4 address in the IPv6 field",
    { "privateEndpoints.5.privateIPv6Address": "10.1.0.77" },
    'privateEndpoints[5].privateIPv6Address: "10.1.0.77" is no IPv6 address. Write it as fd00::1, without a zone.',
  ],
  [
    "an address outside its network",
    { "privateEndpoints.8.privateIPAddress": "fd00:9::6" },
    'privateEndpoints[8].privateIPAddress: fd00:9::6 lies outside "lab" (10.1.0.0/16, fd00:1::/32). Choose an address inside.',
  ],
  [
    "an address twice",
    { [six]: "fd00:1::5" },
    'privateEndpoints[7].privateIPAddress: fd00:1::5 is the address of endpoint "six" in "shop" already. Choose another.',
  ],
  [
    "a network of IPv6 clients that takes less than 1,280 bytes",
    { "virtualNetworks.0.mtu": 1279 },
    'virtualNetworks[0].mtu: IPv6 clients send packets of which 1280 bytes have to fit into "shop", whatever they are told. Give it an mtu of 1280 at least.',
  ],
  [
    "one of IPv6 servers",
    { "virtualNetworks.2.mtu": 1279 },
    'virtualNetworks[2].mtu: IPv6 clients send packets of which 1280 bytes have to fit into "provider", whatever they are told. Give it an mtu of 1280 at least.',
  ],
  [
    "one of IPv4 servers that takes less than what 1,280 bytes become",
    { ...ONLY_ACROSS, "virtualNetworks.2.mtu": 1259 },
    'virtualNetworks[2].mtu: IPv6 clients send packets of which 1260 bytes have to fit into "provider", whatever they are told. Give it an mtu of 1260 at least.',
  ],
];

suite("IPv6 in a configuration", (test) => {
  test("is taken as it is", () => assert.equal(mistakesOf({}), []));

  test("networks may take what IPv6 sends at least, and no more", () =>
    assert.equal(mistakesOf({ ...ONLY_ACROSS, "virtualNetworks.0.mtu": 1280, "virtualNetworks.2.mtu": 1260 }), []));

  for (const [what, changes, mistake] of MISTAKES)
    test(`${what} is a mistake`, () => assert.equal(mistakesOf(changes), [mistake]));

  test("addresses have one plain form", () => {
    for (const text of ["fd00::1", "2001:db8::1", "::", "fd00:0:0:1::"]) assert.is(Ipv6.isAddress6(text), true, text);
    for (const text of ["FD00::1", "fd00:0::1", "fd00::0001", "fe80::1%1", "1.2.3.4", "fd00::1/64", "g::", ""])
      assert.is(Ipv6.isAddress6(text), false, text);
    assert.is(Ipv6.textOf(Ipv6.bytesOf("fd00::1:0:1")), "fd00::1:0:1");
  });

  test("blocks hold what is in them, of their own family", () => {
    assert.ok(holds("fd00::/64", "fd00::ffff") && !holds("fd00::/64", "fd00:0:0:1::") && holds("::/0", "ffff::"));
    assert.ok(!holds("::/0", "10.0.0.1") && !holds("0.0.0.0/0", "::1") && holds("fd00::1", "fd00::1"));
    assert.ok(overlap("fd00::/16", "fd00:1::/32") && !overlap("fd00::/16", "10.0.0.0/8"));
    assert.ok(holds("fd00::/16", "fd00:1::/32") && !holds("fd00:1::/32", "fd00::/16"));
    assert.ok(isBlock("fd00::/64") && !isBlock("fd00::1") && !isBlock("fd00::/129") && !isBlock("fd00::/064"));
    assert.is(withoutHostBits("fd00:1:2::9/32"), "fd00:1::/32");
    assert.is(withoutHostBits("fd00::/128"), "fd00::/128");
  });

  test("intervals hold each block whole or not at all", () => {
    const configuration = baseConfiguration();
    withIpv6(configuration);
    configuration.virtualNetworks.push({ name: "all", addressSpace: ["::/0", "fd00:1:5::/48", "ffff::/16"] });
    const { rangesOf } = new Intervals(configuration);
    const [everything] = rangesOf("::/0");
    const [outer] = rangesOf("fd00:1::/32");
    const [inner] = rangesOf("fd00:1:5::/48");
    if (everything === undefined || outer === undefined || inner === undefined) throw new Error("There is no range.");
    assert.is(everything.first, 0);
    assert.is(rangesOf("ffff::/16")[0]?.last, everything.last);
    assert.ok(outer.first < inner.first && inner.first === inner.last && inner.last < outer.last);
    assert.equal(rangesOf("10.0.0.0/8"), []);
  });

  test("a plane made without IPv6 does not take a configuration with it", async () => {
    const configuration = markChecked(baseConfiguration());
    assert.not(hasSix(configuration));
    const plane = await createPlane(configuration);
    const next = structuredClone(configuration);
    withIpv6(next);
    assert.throws(() => plane.apply(markChecked(next)), /no room for IPv6 addresses/);
  });
});
