// linkplane check: what a configuration holds, or every mistake in it.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert, suite } from "../../kit.ts";
import { CONFIGURATION, linkplane, ROOT, scratch } from "./command.ts";

const file = scratch();
const TEXT = readFileSync(join(ROOT, CONFIGURATION), "utf8");

/** The example, changed, in a file of its own. */
function changed(name: string, ...changes: [RegExp, string][]): string {
  const path = file(name);
  const text = changes.reduce((before, [from, to]) => before.replace(from, to), TEXT);
  assert.is.not(text, TEXT);
  writeFileSync(path, text);
  return path;
}

/** Cells of a printed table's rows: runs of blanks part them. */
const cells = (text: string): string[][] => text.split("\n").map((line) => line.trim().split(/ {2,}/));

suite("linkplane check of a right configuration", (test) => {
  const plain = linkplane(["check", CONFIGURATION]);

  test("prints what it holds, and each endpoint with its rules and what it can carry", async () => {
    const { status, stdout, stderr } = await plain;
    assert.is(status, 0);
    assert.is(stderr, "");
    const rows = cells(stdout);
    assert.match(stdout, /^examples\/storage\.yaml is in order: /);
    assert.equal(rows.slice(2, 6), [
      ["endpoint", "connection", "service", "rules", "backends up", "flows at once"],
      ["pe-storage", "Approved", "pls-front", "tcp/443 to 443", "3", "387,072"],
      ["tcp/80 to 8080"],
      ["udp/53 to 53"],
    ]);
    assert.equal(
      rows
        .filter((row) => row.length === 6)
        .map(([name, state]) => [name, state])
        .slice(1),
      [
        ["pe-storage", "Approved"],
        ["pe-vault", "Pending"],
        ["pe-sql", "Approved"],
      ],
    );
  });

  test("counts in the singular and the plural", async () => {
    const { stdout } = await plain;
    assert.match(stdout, /: 2 virtual networks, 3 private endpoints, 1 private link service, 1 load balancer\.\n/);
  });

  test("--verbose adds every backend; no line ends in blanks", async () => {
    const { status, stdout } = await linkplane(["check", CONFIGURATION, "--verbose"]);
    assert.is(status, 0);
    assert.equal(
      cells(stdout).filter(([first]) => first === "lb-front"),
      [
        ["lb-front", "servers", "10.2.0.11", "2", "up", "None"],
        ["lb-front", "servers", "10.2.0.12", "2", "up", "None"],
        ["lb-front", "servers", "10.2.0.13", "1", "up", "None"],
        ["lb-front", "servers", "3", "509", "5 (0.98 %)", "6 (1.18 %)"],
      ],
    );
    for (const line of stdout.split("\n")) assert.not.match(line, /\s$/);
  });

  test("--verbose with --json has what moves when a backend leaves", async () => {
    const { stdout } = await linkplane(["check", CONFIGURATION, "--verbose", "--json"]);
    assert.equal(JSON.parse(stdout).pools, [
      { loadBalancer: "lb-front", pool: "servers", backends: 3, places: 509, tried: 3, moved: { average: 5, most: 6 } },
    ]);
  });

  test("--json has the same", async () => {
    const { status, stdout, stderr } = await linkplane(["check", CONFIGURATION, "--json"]);
    assert.is(status, 0);
    assert.is(stderr, "");
    const { schema, ok, endpoints } = JSON.parse(stdout);
    assert.equal({ schema, ok }, { schema: "linkplane.check/1", ok: true });
    assert.is(endpoints.length, 3);
    assert.equal(endpoints[1], {
      name: "pe-vault",
      state: "Pending",
      service: "pls-front",
      rules: ["tcp/443 to 443", "tcp/80 to 8080", "udp/53 to 53"],
      backends: 3,
      linkIdentifier: 1_759_380_998,
      capacity: 2 * 3 * 64_512,
    });
  });
});

suite("linkplane check of a configuration that carries less than it seems", (test) => {
  test("counts only backends that take flows: up, and with a weight", async () => {
    const path = changed(
      "less.yaml",
      [/10\.2\.0\.11, weight: 2/, "10.2.0.11, weight: 0"],
      [/10\.2\.0\.12, weight: 2/, "10.2.0.12, state: draining"],
    );
    const { endpoints } = JSON.parse((await linkplane(["check", path, "--json"])).stdout);
    assert.is(endpoints[0].backends, 1);
    assert.is(endpoints[0].capacity, 2 * 64_512);
  });

  test("counts a frontend with floating IP for its backends", async () => {
    const path = changed("floating.yaml", [
      /( +)frontendPort: 443\n/,
      "$1frontendPort: 443\n$1enableFloatingIP: true\n",
    ]);
    const { stdout } = await linkplane(["check", path]);
    assert.ok(stdout.includes("516,096"), stdout);
    assert.ok(stdout.includes("; with floating IP all backends of a frontend are one."), stdout);
  });

  test("prints the ports of an inbound NAT rule as a range", async () => {
    const path = changed("inbound.yaml", [
      /( +)loadBalancingRules:\n/,
      "$1inboundNatRules:\n$1  - { name: ssh, frontendIPConfiguration: frontend, backendAddressPool: servers, protocol: All, frontendPortRangeStart: 50000, frontendPortRangeEnd: 50009, backendPort: 22 }\n$&",
    ]);
    const { endpoints } = JSON.parse((await linkplane(["check", path, "--json"])).stdout);
    assert.equal(endpoints[0].rules.slice(3), [
      "tcp/50000-50002 to 22 of 3 backends, one each",
      "udp/50000-50002 to 22 of 3 backends, one each",
    ]);
  });

  test("says that no flow at all can pass when no backend takes any", async () => {
    const path = changed("none.yaml", [/weight: \d/g, "state: down"]);
    const { status, stdout } = await linkplane(["check", path]);
    assert.is(status, 0);
    const row = cells(stdout).find(([name]) => name === "pe-storage");
    assert.equal(row?.slice(4), ["0", "0"]);
  });

  test("says which endpoint rules do not apply, and --verbose whose do", async () => {
    const group = "networkSecurityGroups: [{ name: guard, securityRules: [] }]\nvirtualNetworks:\n";
    const attached = changed(
      "inert.yaml",
      [/virtualNetworks:\n/, group],
      [
        /(connectionState: Approved\n)/,
        "$1    networkSecurityGroup: guard\n    privateEndpointNetworkPolicies: Disabled\n",
      ],
      [/(connectionState: Pending\n)/, "$1    networkSecurityGroup: guard\n"],
    );
    const { stdout } = await linkplane(["check", attached, "--verbose"]);
    assert.match(
      stdout,
      /^Warning: The rules of "guard" do not apply to pe-storage\. Set privateEndpointNetworkPolicies/m,
    );
    assert.equal(
      cells(stdout).filter(([, link]) => /^\d{8,}$/.test(link ?? "")),
      [
        ["pe-storage", "3346398955", "guard: 0, not applied"],
        ["pe-vault", "1759380998", "guard: 0"],
        ["pe-sql", "2293186038", "none"],
      ],
    );
    const { endpoints, warnings } = JSON.parse((await linkplane(["check", attached, "--json"])).stdout);
    assert.equal(endpoints[0].networkSecurityGroup, { name: "guard", rules: 0, applied: false });
    assert.is(warnings.length, 1);
  });

  test("says of PROXY headers who is named how, who shares servers with others, and what has none", async () => {
    const plain =
      "  - { name: pls-plain, virtualNetwork: provider-vnet, loadBalancer: lb-front, natAddresses: [10.2.1.6] }";
    const path = changed(
      "proxy.yaml",
      [/(natAddresses: \[10.2.1.4, 10.2.1.5\]\n)/, `$1    enableProxyProtocol: true\n${plain}\n`],
      [/(name: pe-vault\n)/, "$1    pscConnectionId: '18446744072646845442'\n"],
      [/$/, "\nsettings: { profile: gcp }\n"],
    );
    const { stdout } = await linkplane(["check", path, "--verbose"]);
    const said = stdout.split("\n").filter((line) => /^(Warning|Note): /.test(line));
    assert.equal(said, [
      'Warning: Behind "lb-front", pls-front puts PROXY headers in front of streams and pls-plain does not: a server expects them from all or from none, and health probes fail. Set enableProxyProtocol of both alike.',
      "Note: UDP has no PROXY header: dns (pls-front).",
      "Note: Flows that are admitted mid-stream have no PROXY header: their servers were given it, or were not, before the capture began.",
    ]);
    assert.equal(
      cells(stdout).filter(([, link]) => /^\d{8,}$/.test(link ?? "")),
      [
        ["pe-storage", "3346398955", "14372674072707698981", "none"],
        ["pe-vault", "1759380998", "18446744072646845442", "none"],
        ["pe-sql", "2293186038", "9849159040336591262", "none"],
      ],
    );
    const { endpoints, warnings, notes } = JSON.parse((await linkplane(["check", path, "--json"])).stdout);
    assert.is(endpoints[1].proxyIdentifier, "18446744072646845442");
    assert.is(warnings.length, 1);
    assert.is(notes.length, 2);
    const without = JSON.parse((await linkplane(["check", CONFIGURATION, "--json"])).stdout);
    assert.equal(without.notes, []);
    assert.is(without.endpoints[1].proxyIdentifier, undefined);
  });

  test("names rules for a port that stays as it is, and for all ports", async () => {
    const kept = changed("kept.yaml", [/backendPort: 8080/, "backendPort: 0"]);
    const all = changed(
      "all.yaml",
      [/ {6}- name: http\n[^]*/, ""],
      [/Tcp\n( *)frontendPort: 443\n.*/, "All\n$1frontendPort: 0"],
    );
    const [ofKept, ofAll] = await Promise.all([kept, all].map((path) => linkplane(["check", path, "--json"])));
    assert.equal(JSON.parse(ofKept?.stdout ?? "").endpoints[0].rules, [
      "tcp/443 to 443",
      "tcp/80 to 80",
      "udp/53 to 53",
    ]);
    assert.equal(JSON.parse(ofAll?.stdout ?? "").endpoints[0].rules, ["all ports"]);
  });
});

suite("linkplane check of a wrong configuration", (test) => {
  const wrong = (): string =>
    changed(
      "wrong.yaml",
      [/addressSpace: \[10\.1\.0\.0\/16\]/, "addressSpace: [10.1.0.1/16]"],
      [/state: Pending/i, "State: Waiting"],
    );

  test("prints every mistake with its place on standard error, and nothing on standard output", async () => {
    const path = wrong();
    const { status, stdout, stderr } = await linkplane(["check", path]);
    assert.is(status, 3);
    assert.is(stdout, "");
    const lines = stderr.trimEnd().split("\n");
    assert.is(lines.length, 2, stderr);
    assert.ok(lines[0]?.startsWith(`linkplane: ${path}:7:20: 10.1.0.1/16 has bits set`), lines[0]);
    assert.ok(lines[1]?.startsWith(`linkplane: ${path}:25:22: This cannot be `), lines[1]);
  });

  test("--json has them on standard output, and nothing on standard error", async () => {
    const path = wrong();
    const { status, stdout, stderr } = await linkplane(["check", path, "--json"]);
    assert.is(status, 3);
    assert.is(stderr, "");
    const { schema, ok, problems } = JSON.parse(stdout);
    assert.equal({ schema, ok }, { schema: "linkplane.check/1", ok: false });
    assert.equal(
      problems.map(({ message, ...place }: { message: string }) => place),
      [
        { file: path, line: 7, column: 20, path: "virtualNetworks[0].addressSpace[0]" },
        { file: path, line: 25, column: 22, path: "privateEndpoints[1].connectionState" },
      ],
    );
  });

  test("a file that is not there: the message speaks of the argument there is", async () => {
    const { status, stdout, stderr } = await linkplane(["check", file("missing.yaml")]);
    assert.is(status, 3);
    assert.is(stdout, "");
    assert.match(stderr, /missing\.yaml: There is no such file\./);
    assert.not.match(stderr, /--config/);
  });
});
