// Traffic past an endpoint, in a replay: known from the configuration, from DNS answers, and from the names clients ask for.

import { encode } from "dns-packet";
import type { Bypass } from "../../../host/dns/bypass.ts";
import { serverName } from "../../../host/dns/server-name.ts";
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

  test("says that a zone is not linked, where that is why", async () => {
    const unlinked = named({ privateDnsZones: [zoneOf("blob", "lab")] });
    const [row] = await bypassing(past(0, "10.1.0.9:5000", "20.60.1.2:443", bytes("?")), unlinked);
    assert.match(row?.change ?? "", /is not linked to "shop"\. Link it/);
  });

  for (const [what, message] of [
    ["TLS", clientHello(ACCOUNT)],
    ["HTTP", bytes(`GET / HTTP/1.1\r\nHost: ${ACCOUNT}:8080\r\n\r\n`)],
  ] as const)
    test(`is known by the name in a client's ${what} message, from that on`, async () => {
      const [row, ...others] = await bypassing(past(0, "10.1.0.9:5000", `${PUBLIC}:443`, message));
      assert.equal(others, []);
      assert.equal([row?.known, row?.name, row?.packet, row?.packets], ["name", ACCOUNT, 4, 2]);
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

suite("The name in a first segment", (test) => {
  const hello = clientHello("Www.Example");
  test("is read in small letters", () => assert.is(serverName(hello), "www.example"));
  test("is none in a part of a message, whatever its length", () => {
    for (let length = 0; length < hello.length; length++) {
      const name = serverName(hello.slice(0, length));
      assert.ok(name === undefined || name === "www.example");
    }
    assert.is(serverName(bytes("GET / HTTP/1.1\r\nHos")), undefined);
  });
  test("is none in what is neither TLS nor HTTP", () => {
    for (const data of [bytes("SSH-2.0-x\r\n"), new Uint8Array(0), bytes("GET"), Uint8Array.from([22, 3, 1])])
      assert.is(serverName(data), undefined);
  });
});
