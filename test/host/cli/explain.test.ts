// linkplane explain, as it is called.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { assert, suite } from "../../kit.ts";
import { linkplane } from "./command.ts";

const example = (name: string): string => fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));
const STORAGE = ["--config", example("storage.yaml")];
const CAPTURE = example("storage.pcapng");
const FILTERED = ["--config", example("filtered.yaml")];
const IPV6 = ["--config", example("ipv6.yaml")];

suite("linkplane explain", (test) => {
  test("a packet of a capture: the stages it met, and what left", async () => {
    const { status, stdout, stderr } = await linkplane(["explain", CAPTURE, "--packet", "55", ...STORAGE]);
    assert.equal({ status, stderr }, { status: 0, stderr: "" });
    assert.match(stdout, /^tcp 10\.1\.0\.10:41001 > 10\.1\.0\.4:443 SYN, /);
    assert.match(stdout, /^ {2}connection +Approved$/m);
    assert.match(stdout, /^ {2}load balancing +10\.2\.0\.13: hash 0x[0-9a-f]{8} picks place \d+ of 509$/m);
    assert.match(stdout, /^ {2}verdict +forward, new-flow, flow 1$/m);
  });

  test("a captured reply: as it enters, rebuilt", async () => {
    const { stdout } = await linkplane(["explain", CAPTURE, "--packet", "56", ...STORAGE, "--json"]);
    const { schema, explanations } = JSON.parse(stdout);
    assert.is(schema, "linkplane.explain/1");
    const [{ packet, entered, left, reason }] = explanations;
    assert.is(reason, "forwarded");
    assert.match(entered, /^tcp 10\.2\.0\.13:443 > 10\.2\.1\.5:1024 SYN ACK/);
    assert.is(left[0].packet, packet, "what leaves is what was captured");
  });

  test("a flow: its handshake and what the client asks for", async () => {
    const flow = ["--flow", "10.1.0.9:5000>10.1.0.6:443/tcp", "--name", "account2.blob.example"];
    const { status, stdout } = await linkplane(["explain", ...flow, ...FILTERED, "--json"]);
    const { explanations } = JSON.parse(stdout);
    assert.is(status, 0);
    assert.equal(
      explanations.map(({ reason }: { reason: string }) => reason),
      ["new-flow", "forwarded", "resource-denied"],
    );
    const name = explanations[2].steps.find(({ stage }: { stage: string }) => stage === "name");
    assert.equal(name.looked, { name: "account2.blob.example" });
  });

  test("a flow of a rule that reads names, without --name: says that it is not decided; with one where none is read: that", async () => {
    const flow = ["--flow", "10.1.0.9:5000>10.1.0.6:443/tcp"];
    const open = await linkplane(["explain", ...flow, ...FILTERED]);
    assert.match(
      open.stderr,
      /^linkplane: The rule identifies by name \(tls\), which is not decided yet\. Add --name HOST /,
    );
    const idle = await linkplane(["explain", ...flow, "--name", "www.example", ...STORAGE]);
    assert.is(idle.stderr, "linkplane: --name had no effect: the flow's rule reads no names.\n");
  });

  test("a flow to the address that stands for an endpoint", async () => {
    const flow = ["--flow", "10.1.0.9:5000>20.60.1.2:443/tcp"];
    const { stdout } = await linkplane(["explain", ...flow, "--as", "pe-vault=20.60.1.2:443", ...STORAGE]);
    assert.match(stdout, /^ {2}verdict +drop, connection-pending, denied flow 0$/m);
    const other = await linkplane(["explain", ...flow, "--as", "pe-vault=20.60.1.2:80", ...STORAGE]);
    assert.match(other.stdout, /^ {2}verdict +pass, no-endpoint$/m);
  });

  test("a flow of IPv6, to a server of either family", async () => {
    const across = await linkplane(["explain", "--flow", "[fd00:10:1::9]:5000>[fd00:10:1::4]:443/tcp", ...IPV6]);
    assert.match(across.stdout, /^tcp \[?fd00:10:1::9/m);
    assert.match(across.stdout, /^ {2}verdict +forward, new-flow, flow 0$/m);
    assert.match(across.stdout, /^ {2}leaves +provider: tcp 10\.2\./m);
    const alias = ["--as", "pe-storage=[2603:1030::4]:443"];
    const udp = ["--flow", "[fd00:10:1::9]:5000>[2603:1030::4]:443/tcp"];
    const { stdout } = await linkplane(["explain", ...udp, ...alias, ...IPV6]);
    assert.match(stdout, /^ {2}verdict +forward, new-flow, flow 0$/m);
  });

  test("a flow by HTTP and by UDP", async () => {
    const http = ["--flow", "10.1.0.9:5000 > 10.1.0.4:80 / TCP", "--name", "account1.blob.example"];
    const [, , asked] = JSON.parse((await linkplane(["explain", ...http, ...FILTERED, "--json"])).stdout).explanations;
    assert.is(asked.reason, "forwarded");
    const dns = ["--flow", "10.1.0.9:5000>10.1.0.4:53/udp"];
    const { explanations } = JSON.parse((await linkplane(["explain", ...dns, ...STORAGE, "--json"])).stdout);
    assert.equal([explanations.length, explanations[0].reason], [1, "new-flow"]);
  });

  const WRONG: [name: string, args: string[], status: number, said: RegExp][] = [
    ["nothing", [], 2, /Nothing says what to explain/],
    ["both", [CAPTURE, "--flow", "10.1.0.9:1>10.1.0.4:443/tcp"], 2, /two things do/],
    ["no packet", [CAPTURE], 2, /Add --packet N/],
    [
      "a flow and --packet",
      ["--flow", "10.1.0.9:1>10.1.0.4:443/tcp", "--packet", "3"],
      2,
      /--packet does not go with --flow/,
    ],
    [
      "a flow and --side",
      ["--flow", "10.1.0.9:1>10.1.0.4:443/tcp", "--side", "provider"],
      2,
      /--side does not go with --flow/,
    ],
    ["a capture and --name", [CAPTURE, "--packet", "3", "--name", "a.example"], 2, /--name does not go with a CAPTURE/],
    ["packet 0", [CAPTURE, "--packet", "0"], 2, /--packet cannot be "0"/],
    ["a packet that is not there", [CAPTURE, "--packet", "99999"], 2, /has no packet 99999: \d+ could be read/],
    [
      "a flow in other words",
      ["--flow", "10.1.0.9>10.1.0.4"],
      2,
      /is not of the form CLIENT:PORT>ENDPOINT:PORT\/PROTOCOL/,
    ],
    [
      "a flow between the families",
      ["--flow", "10.1.0.9:1>[fd00::4]:443/tcp"],
      2,
      /goes from one family of addresses to the other/,
    ],
    ["an IPv6 flow without brackets", ["--flow", "fd00::9:1>fd00::4:443/tcp"], 2, /is not of the form/],
    ["a flow with no address", ["--flow", "10.1.0.900:1>10.1.0.4:443/tcp"], 2, /is not of the form/],
    [
      "an unknown network",
      ["--flow", "10.1.0.9:1>10.1.0.4:443/tcp", "--network", "consumer-vet"],
      2,
      /Did you mean "consumer-vnet"\?/,
    ],
    ["a capture that is none", [example("storage.yaml"), "--packet", "1"], 4, /./],
  ];
  for (const [name, args, status, said] of WRONG)
    test(`given ${name}: says so`, async () => {
      const result = await linkplane(["explain", ...args, ...STORAGE]);
      assert.is(result.status, status, result.stderr);
      assert.match(result.stderr, said);
      assert.is(result.stdout, "");
    });

  test("its help says what there is", () =>
    assert.match(
      readFileSync(fileURLToPath(new URL("../../../docs/cli/explain.txt", import.meta.url)), "utf8"),
      /--packet N/,
    ));
});
