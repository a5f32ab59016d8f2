// Traffic past an endpoint, in a replay: known from the configuration, from DNS answers, and from the names clients ask for.

import { encode } from "dns-packet";
import type { Bypass } from "../../../host/dns/bypass.ts";
import type { Configuration } from "../../../host/config/configuration.ts";
import { replay } from "../../../host/replay/replay.ts";
import { textReport } from "../../../host/report/text.ts";
import { assert, suite } from "../../kit.ts";
import { clientHello, hexOf } from "../../names/hello.ts";
import { inputOf, type Line } from "../replay/conversation.ts";
import { ACCOUNT, named, zoneOf } from "./sample.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const PUBLIC = "20.60.9.9";

/** A client's connection past the endpoint: handshake, its first message, an answer. */
function past(start: number, client: string, server: string, message: Uint8Array): Line[] {
  const out = `tcp ${client} > ${server}`;
  const back = `tcp ${server} > ${client}`;
  return [
    [start, `${out} S seq=100`],
    [start + 0.1, `${back} SA seq=900 ack=101`],
    [start + 0.2, `${out} A seq=101 ack=901`],
    [start + 0.3, `${out} PA seq=101 ack=901 hex=${hexOf(message)}`],
    [start + 0.4, `${back} PA seq=901 ack=${101 + message.length} data=answer`],
  ];
}

function answer(time: number, name: string, ...addresses: string[]): Line {
  const answers = addresses.map((data) => ({ type: "A" as const, name, data }));
  const message = encode({ type: "response", questions: [{ type: "A", name }], answers });
  return [time, `udp 10.1.0.53:53 > 10.1.0.9:5353 hex=${hexOf(message)}`];
}

async function bypassing(lines: Line[], configuration: Configuration = named(), network = "shop"): Promise<Bypass[]> {
  const { bypassing: rows = [] } = await replay({ configuration, inputs: [inputOf(lines, network)] });
  return rows;
}

suite("Traffic past an endpoint", (test) => {
  test("is known by an address of the configuration, both directions counted", async () => {
    const [row, ...others] = await bypassing(past(0, "10.1.0.9:5000", "20.60.1.2:443", bytes("?")));
    assert.equal(others, []);
    const { change, bytes: size, ...rest } = row as Bypass;
    assert.equal(rest, {
      network: "shop",
      client: "10.1.0.9",
      destination: "20.60.1.2:443",
      protocol: "tcp",
      name: null,
      endpoint: "pe-shop",
      known: "configuration",
      packet: 0,
      packets: 5,
    });
    assert.ok(size > 270);
    assert.is(
      change,
      `Have the clients use the name ${ACCOUNT}, which leads to pe-shop here, and not the address itself.`,
    );
  });

  test("is known by a DNS answer, and tells the packet", async () => {
    const lines = [answer(0, ACCOUNT, PUBLIC), ...past(1, "10.1.0.9:5000", `${PUBLIC}:443`, bytes("?"))];
    const [row] = await bypassing(lines);
    assert.equal([row?.known, row?.name, row?.packet, row?.packets], ["dns", ACCOUNT, 1, 5]);
    assert.match(row?.change ?? "", /find out which resolver the client asks/);
  });

  test("is known by an IPv6 address of the configuration, UDP as well", async () => {
    const configuration = named();
    configuration.privateLinkServices[0]?.resources?.[0]?.publicIPAddresses?.push("2603:1030::4");
    const lines: Line[] = [
      [0, "udp [fd00:1::9]:5000 > [2603:1030::4]:443 data=question"],
      [1, "udp [2603:1030::4]:443 > [fd00:1::9]:5000 data=answer"],
      [2, "udp [fd00:1::9]:5000 > [2603:1030::5]:443 data=question"],
    ];
    const [row, ...others] = await bypassing(lines, configuration);
    assert.equal([row?.known, row?.protocol, row?.packets, others], ["configuration", "udp", 2, []]);
    assert.is(row?.destination, "[2603:1030::4]:443");
  });

  test("is known by an AAAA answer, over IPv6, with the name and without", async () => {
    const message = encode({
      type: "response",
      questions: [{ type: "AAAA", name: ACCOUNT }],
      answers: [{ type: "AAAA", name: ACCOUNT, data: "2603:1030::4" }],
    });
    const told: Line = [0, `udp [fd00:1::53]:53 > [fd00:1::9]:5353 hex=${hexOf(message)}`];
    for (const [said, lines] of [
      ["dns", [told, ...past(1, "[fd00:1::9]:5000", "[2603:1030::4]:443", bytes("?"))]],
      ["name", past(1, "[fd00:1::9]:5000", "[2603:1030::4]:443", clientHello(ACCOUNT))],
    ] as const) {
      const [row, ...others] = await bypassing([...lines]);
      assert.equal([row?.known, row?.name, row?.packets, others], [said, ACCOUNT, 5, []]);
      assert.equal([row?.client, row?.destination], ["fd00:1::9", "[2603:1030::4]:443"]);
    }
  });

  test("says that a zone is not linked, where that is why", async () => {
    const unlinked = named({ privateDnsZones: [zoneOf("blob", "lab")] });
    const [row] = await bypassing(past(0, "10.1.0.9:5000", "20.60.1.2:443", bytes("?")), unlinked);
    assert.match(row?.change ?? "", /is not linked to "shop"\. Link it/);
  });

  for (const [what, message] of [
    ["TLS", clientHello(ACCOUNT)],
    ["HTTP", bytes(`GET / HTTP/1.1\r\nHost: ${ACCOUNT}:8080\r\n\r\n`)],
  ] as const)
    test(`is known by the name in a client's ${what} message, and its whole connection is`, async () => {
      const [row, ...others] = await bypassing(past(0, "10.1.0.9:5000", `${PUBLIC}:443`, message));
      assert.equal(others, []);
      assert.equal([row?.known, row?.name, row?.packet, row?.packets], ["name", ACCOUNT, 4, 5]);
    });

  test("is known by a name that comes in segments out of order, one of them twice", async () => {
    const hello = clientHello(ACCOUNT, { padding: 200, record: 90 });
    const out = `tcp 10.1.0.9:5000 > ${PUBLIC}:443`;
    const piece = (time: number, from: number, to: number): Line => [
      time,
      `${out} A seq=${101 + from} ack=901 hex=${hexOf(hello.slice(from, to))}`,
    ];
    const lines: Line[] = [
      [0, `${out} S seq=100`],
      piece(1, 40, 150),
      piece(2, 0, 50),
      piece(3, 0, 50),
      piece(4, 150, hello.length),
    ];
    const [row, ...others] = await bypassing(lines);
    assert.equal(others, []);
    assert.equal([row?.known, row?.name, row?.packet, row?.packets], ["name", ACCOUNT, 3, 5]);
  });

  test("is not where the client asks for another name at a shared address, whoever that name belongs to", async () => {
    const asking = (name: string): Line[] => past(1, "10.1.0.9:5000", `${PUBLIC}:443`, clientHello(name));
    for (const name of ["account2.blob.core.windows.net", "www.example"])
      assert.equal(await bypassing([answer(0, ACCOUNT, PUBLIC), ...asking(name)]), [], name);
    const ours = past(2, "10.1.0.9:5001", `${PUBLIC}:443`, clientHello(ACCOUNT));
    const [row, ...others] = await bypassing([answer(0, ACCOUNT, PUBLIC), ...asking("www.example"), ...ours]);
    assert.equal(others, []);
    assert.equal([row?.known, row?.packets], ["dns", 5]);
  });

  test("is that of the connection that a port is used for again", async () => {
    const lines = [
      ...past(0, "10.1.0.9:5000", `${PUBLIC}:443`, clientHello("www.example")),
      ...past(1, "10.1.0.9:5000", `${PUBLIC}:443`, clientHello(ACCOUNT)).map(
        ([at, text]): Line => [at, text.replace("seq=10", "seq=50").replace("ack=10", "ack=50")],
      ),
    ];
    const [row, ...others] = await bypassing(lines);
    assert.equal(others, []);
    assert.equal([row?.name, row?.packets], [ACCOUNT, 5]);
  });

  test("is known by a name of somebody's own that DNS makes an alias of the resource's", async () => {
    const own = "data.shop.example";
    const message = encode({
      type: "response",
      questions: [{ type: "A", name: own }],
      answers: [
        { type: "CNAME", name: own, data: ACCOUNT },
        { type: "A", name: ACCOUNT, data: PUBLIC },
      ],
    });
    const told: Line = [0, `udp 10.1.0.53:53 > 10.1.0.9:5353 hex=${hexOf(message)}`];
    const [row] = await bypassing([told, ...past(1, "10.1.0.9:5000", `${PUBLIC}:443`, clientHello(own))]);
    assert.equal([row?.known, row?.name, row?.packet, row?.packets], ["dns", ACCOUNT, 1, 5]);
    const elsewhere = past(1, "10.1.0.9:5000", "20.60.7.7:443", clientHello(own));
    const [other] = await bypassing([told, ...elsewhere]);
    assert.equal([other?.known, other?.name, other?.packet], ["name", ACCOUNT, 5]);
  });

  test("is none of another name, of a name without an endpoint, or in a network that reaches none", async () => {
    const asking = (name: string): Line[] => past(0, "10.1.0.9:5000", `${PUBLIC}:443`, clientHello(name));
    assert.equal(await bypassing(asking("www.example")), []);
    assert.equal(await bypassing(asking("account2.blob.core.windows.net")), []);
    assert.equal(await bypassing(past(0, "10.1.0.9:5000", "20.60.1.2:443", bytes("?")), named(), "office"), []);
  });

  test("is in the summary for people", async () => {
    const input = inputOf(past(0, "10.1.0.9:5000", "20.60.1.2:443", bytes("?")));
    const text = textReport(await replay({ configuration: named(), inputs: [input] }));
    assert.match(
      text,
      /\nLet the public address of its resource stand for an endpoint: --as pe-shop=20\.60\.1\.2:443\n/,
    );
    assert.match(text, /10\.1\.0\.9 +20\.60\.1\.2:443 tcp +pe-shop +5 +\d+ B +publicIPAddresses/);
  });

  test("keeps no more rows than it may", async () => {
    const lines = Array.from(
      { length: 1100 },
      (_, i): Line => [i / 1000, `udp 10.1.${i >> 8}.${i & 255}:9 > 20.60.1.2:443`],
    );
    assert.is((await bypassing(lines)).length, 1000);
  });
});
