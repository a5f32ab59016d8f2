// Exit code 3: the configuration has mistakes, and every one of them is printed with its place.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { assert, suite } from "../../kit.ts";
import { CAPTURE, linkplane, scratch } from "./command.ts";

const file = scratch();

const RIGHT = `virtualNetworks:
  - name: app
  - name: provider
privateEndpoints:
  - name: pe
    virtualNetwork: app
    privateIPAddress: 10.1.0.4
    privateLinkService: service
privateLinkServices:
  - name: service
    virtualNetwork: provider
    loadBalancer: lb
    natAddresses: [10.2.0.10]
loadBalancers:
  - name: lb
    frontendIPConfigurations: [{ name: front, privateIPAddress: 10.2.0.5 }]
    backendAddressPools: [{ name: pool, backends: [{ address: 10.2.1.1 }] }]
    loadBalancingRules:
      - { name: https, frontendIPConfiguration: front, backendAddressPool: pool, protocol: Tcp, frontendPort: 443 }
`;

/** A change to the right configuration, and where its mistakes are: `line:column`, and a part of the message. */
const CHANGES: [string, [string, string][], [string, RegExp][]][] = [
  [
    "shapes",
    [
      ["privateIPAddress: 10.1.0.4", "privateIPAddress: 10.1.0"],
      ["    natAddresses: [10.2.0.10]", "    natAddress: [10.2.0.10]"],
      ["protocol: Tcp", "protocol: tcp"],
    ],
    [
      ["7:23", /"10\.1\.0" is no IPv4 address/],
      ["10:5", /"natAddresses" is missing/],
      ["13:5", /"natAddress".*"natAddresses"/],
      ["19:92", /cannot be "\w+"\. Did you mean "Tcp"/],
    ],
  ],
  [
    "references",
    [
      ["virtualNetwork: app", "virtualNetwork: apps"],
      ["loadBalancer: lb", "loadBalancer: bl"],
      ["backendAddressPool: pool", "backendAddressPool: pol"],
    ],
    [
      ["6:21", /"apps".*"app"/],
      ["12:19", /"bl"/],
      ["19:76", /"pol".*"pool"/],
    ],
  ],
  ["the syntax", [["natAddresses: [10.2.0.10]", "natAddresses: [10.2.0.10"]], [["14:1", /\]/]]],
  [
    "shapes and references together",
    [
      ["virtualNetwork: app", "virtualNetwork: apps"],
      ["privateIPAddress: 10.1.0.4", "privateIPAddress: 10.1.0"],
    ],
    [
      ["6:21", /"apps".*"app"/],
      ["7:23", /"10\.1\.0" is no IPv4 address/],
    ],
  ],
];

suite("Exit code 3, configuration", (test) => {
  for (const [name, changes, expected] of CHANGES)
    test(`mistakes in ${name}, each with its line and column`, async () => {
      const path = file("wrong.yaml");
      writeFileSync(
        path,
        changes.reduce((text, [from, to]) => text.replace(from, to), RIGHT),
      );
      const { status, stdout, stderr } = await linkplane(["replay", CAPTURE, "--config", path, "--out", file("out")]);
      assert.is(status, 3, stderr);
      assert.is(stdout, "");
      const lines = stderr.trimEnd().split("\n");
      expected.forEach(([place, message], i) => {
        assert.ok(lines[i]?.startsWith(`linkplane: ${path}:${place}: `), `${place} is not where ${lines[i]} is`);
        assert.match(lines[i] ?? "", message);
      });
      assert.is(lines.length, expected.length, stderr);
      assert.not(existsSync(file("out")), "an output was created");
    });

  test("a file that is not there, which its message names", async () => {
    const { status, stdout, stderr } = await linkplane(["replay", CAPTURE, "--config", file("missing.yaml")]);
    assert.is(status, 3, stderr);
    assert.is(stdout, "");
    assert.is(stderr, `linkplane: ${file("missing.yaml")}: There is no such file. Check its name and permissions.\n`);
  });

  test("a folder instead of one", async () => {
    mkdirSync(file("folder.yaml"));
    const { status, stderr } = await linkplane(["check", file("folder.yaml")]);
    assert.is(status, 3, stderr);
    assert.is(stderr, `linkplane: ${file("folder.yaml")}: This is a folder. Check its name and permissions.\n`);
  });
});
