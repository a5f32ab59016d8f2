// Several mistakes come back at once, in the order of the file: none is hidden by another, none is made up.

import { normalizeConfiguration } from "../../../host/config/normalize.ts";
import { parseConfiguration } from "../../../host/config/parse.ts";
import { assert, suite } from "../../kit.ts";
import { complaint, SAMPLE, valueOf } from "./sample.ts";

type Changes = readonly (readonly [change: string, to: string])[];

/** Messages about the sample with all of the changes, in order. */
function messages(changes: Changes): string[] {
  const text = changes.reduce((before, [change, to]) => {
    if (!before.includes(change)) throw new Error(`There is no "${change}".`);
    return before.replace(change, () => to);
  }, SAMPLE);
  return complaint(() => parseConfiguration(text, "sample.yaml")).problems.map(({ message }) => message);
}

const NOWHERE: Changes[number] = ["privateLinkService: storage\n", "privateLinkService: stroage\n"];
const NOWHERE_SAID = 'There is no private link service "stroage". Did you mean "storage"?';
const UNKNOWN: Changes[number] = ["groupId: blob", "grupId: blob"];
const UNKNOWN_SAID = 'There is no field "grupId" here. Did you mean "groupId"?';
const LETTERS: Changes[number] = ["weight: 2", "weight: two"];
const LETTERS_SAID = 'A number belongs here, not "two". Write one in digits, without quotes.';

/** Changes, and every message that they deserve, in the order of the file. */
const TOGETHER: [name: string, changes: Changes, said: string[]][] = [
  ["two of the shape", [LETTERS, UNKNOWN], [UNKNOWN_SAID, LETTERS_SAID]],
  ["shape and reference", [LETTERS, NOWHERE], [NOWHERE_SAID, LETTERS_SAID]],
  [
    "three references",
    [NOWHERE, ["[20, 30]", "10"], ["10.2.1.5]", "10.2.1.4]"]],
    [
      'VLAN 10 is that of "consumer" too. Give each network its own.',
      NOWHERE_SAID,
      '10.2.1.4 is a NAT address of "storage" in "provider" already. Choose another.',
    ],
  ],
  [
    "two of one value",
    [
      ["privateIPAddress: 10.1.0.4\n", "privateIPAddress: 10.2.0.12\n"],
      ["virtualNetwork: consumer", "virtualNetwork: provider"],
    ],
    ['10.2.0.12 is the address of endpoint "pe-blob" in "provider" already. Choose another.'],
  ],
  ["an unknown field beside a reference of its own object", [UNKNOWN, NOWHERE], [NOWHERE_SAID, UNKNOWN_SAID]],
  [
    "an unknown field of the file beside a reference",
    [["privateEndpoints:\n", "peering: []\nprivateEndpoints:\n"], NOWHERE],
    [
      'There is no field "peering" here. Use one of: $schema, virtualNetworks, virtualNetworkGateways, networkSecurityGroups, applicationSecurityGroups, privateDnsZones, privateEndpoints, privateLinkServices, loadBalancers, settings.',
      NOWHERE_SAID,
    ],
  ],
  [
    "a value of another kind beside an address of the documentation's block",
    [LETTERS, ["privateIPAddress: 10.1.0.4\n", "privateIPAddress: 192.0.2.4\n"]],
    ['192.0.2.4 lies outside "consumer" (10.1.0.0/16, 10.9.0.0/16). Choose an address inside.', LETTERS_SAID],
  ],
  [
    "a misspelt protocol of a rule for all ports",
    [["protocol: All", "protocol: all"]],
    ['This cannot be "all". Did you mean "All"?'],
  ],
  [
    "misspelt rules",
    [["loadBalancingRules:", "loadBalancingRule:"]],
    [
      'The field "loadBalancingRules" is missing. Add it.',
      'There is no field "loadBalancingRule" here. Did you mean "loadBalancingRules"?',
    ],
  ],
  [
    "no frontend where two have a rule for a port",
    [
      ["[front]", "[]"],
      ["8443", "443"],
    ],
    ["A service needs a frontend. Name one of its load balancer, or leave the field out to take all."],
  ],
  [
    "a network whose name is no text, and another with nearly that name",
    [
      ["name: consumer", "name: 5"],
      ["name: tenant", "name: consumers"],
      ["virtualNetwork: tenant", "virtualNetwork: consumers"],
    ],
    ["A text belongs here, not 5. Write one, in quotes."],
  ],
];

suite("Mistakes come back all at once", (test) => {
  for (const [name, changes, said] of TOGETHER) test(name, () => assert.equal(messages(changes), said));

  test("an entry of a list that is none at all hides no other entry's", () => {
    const value = valueOf() as { privateEndpoints: unknown[] };
    const endpoints = Array.from({ length: 13 }, (_, i) => ({
      name: `pe-${i}`,
      virtualNetwork: "consumer",
      privateIPAddress: `10.1.1.${i}`,
      privateLinkService: i === 12 ? "stroage" : "storage",
    }));
    value.privateEndpoints = endpoints.map((endpoint, i) => (i === 1 ? 7 : endpoint));
    const { problems } = complaint(() => normalizeConfiguration(value));
    assert.equal(
      problems.map(({ path }) => path),
      ["privateEndpoints[1]", "privateEndpoints[12].privateLinkService"],
    );
  });

  test("the error counts them", () => {
    for (const [text, count] of [
      ["{}", "4 mistakes"],
      [SAMPLE.replace(...UNKNOWN), "one mistake"],
    ] as const)
      assert.throws(() => parseConfiguration(text, "sample.yaml"), new RegExp(`^The configuration has ${count}\\.$`));
  });

  test("the error has a line for each, and where the first file is", () => {
    try {
      parseConfiguration(SAMPLE.replace(...UNKNOWN).replace(...LETTERS), "dir/sample.yaml");
      assert.unreachable();
    } catch (error) {
      const { where, format } = error as { where: string; format(): string };
      assert.is(where, "dir/sample.yaml");
      const lines = format.call(error).split("\n");
      assert.equal(lines, [`dir/sample.yaml:15:5: ${UNKNOWN_SAID}`, `dir/sample.yaml:30:50: ${LETTERS_SAID}`]);
    }
  });

  test("objects that no file could hold are refused as mistakes too", () => {
    for (const odd of [() => 1, Symbol("odd"), 5n, new Map(), new Date()]) {
      const value = valueOf() as { privateEndpoints: { groupId?: unknown }[] };
      (value.privateEndpoints[0] as { groupId?: unknown }).groupId = odd;
      assert.is(complaint(() => normalizeConfiguration(value)).code, "CONFIG_INVALID", String(odd));
    }
  });
});
