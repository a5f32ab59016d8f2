// Outside judges: what leaves towards the backend, put together by its sequence numbers, is a stream that real servers take: they read
// the client's real address out of the header, and answer the request behind it.

import { markChecked } from "../../host/config/configuration.ts";
import { createPlane } from "../../host/plane.ts";
import { announcing, headerOf, LENGTH, PROFILES } from "../conformance/proxy-kit.ts";
import { baseConfiguration } from "../conformance/configuration.ts";
import { frameOf } from "../conformance/packet.ts";
import { assert, suite } from "../kit.ts";
import { hexOf } from "../names/hello.ts";
import { reassembled } from "./reassembly.ts";
import { isInstalled, Server, SERVER_NAMES } from "./servers.ts";

type Profile = (typeof PROFILES)[number];

const CLIENT = "tcp 10.1.0.9:5000 > 10.1.0.4:443";
const SERVER = "tcp 10.2.1.1:8443 > 10.2.0.10:1024";
const REQUEST = new TextEncoder().encode(
  `GET /${"x".repeat(1200)} HTTP/1.1\r\nHost: service.example\r\nConnection: close\r\n\r\n`,
);
const SYN = `${CLIENT} S seq=4294967290`;
const ACK = `${CLIENT} A seq=4294967291 ack=901`;
const data = (from: number, to = REQUEST.length): string =>
  `${CLIENT} PA seq=${(4294967291 + from) % 2 ** 32} ack=901 hex=${hexOf(REQUEST.slice(from, to))}`;

/** What the client sends, in the order it comes to the plane; the server has answered the SYN by then. */
const WAYS: [name: string, sent: string[], headers: number][] = [
  ["the header leaves with the handshake's ACK", [ACK, data(0, 500), data(500)], 1],
  ["the header leaves with the first data: the handshake's ACK was lost", [data(0, 500), data(500)], 1],
  ["the header leaves by itself: the first data are as large as the network takes", [data(0)], 1],
  ["the first data come again, and the header with them", [ACK, data(0, 500), data(0, 500), data(500)], 2],
  ["the first data come last", [ACK, data(700), data(300, 700), data(0, 300)], 1],
  ["the data come before the ACK", [data(500), data(0, 500), ACK], 2],
];

/** The frames that reach the backend. */
async function arriving(
  profile: Profile,
  sent: readonly string[],
  mtu = 1240,
): Promise<[Uint8Array[], headers: number]> {
  const configuration = baseConfiguration();
  announcing(profile)(configuration);
  Object.assign(configuration.virtualNetworks.find(({ name }) => name === "provider") as object, { mtu });
  const plane = await createPlane(markChecked(configuration));
  const frames: Uint8Array[] = [];
  const send = (text: string): void => {
    const { out } = plane.processFrame(frameOf(text), { network: "shop", time: 0n });
    frames.push(...out.filter(({ side }) => side === "provider").map(({ bytes }) => bytes));
  };
  send(SYN);
  plane.processFrame(frameOf(`${SERVER} SA seq=900 ack=4294967291`), {
    side: "provider",
    network: "provider",
    time: 0n,
  });
  sent.forEach(send);
  return [frames, plane.counters().generated.proxyHeader];
}

for (const server of SERVER_NAMES)
  suite(`${server} takes the stream behind a PROXY header`, (test) => {
    const there = isInstalled(server);
    const absent = `${server} is not installed (on Debian: apt-get install ${server})`;
    let running: Server | undefined;
    test.before(async () => {
      if (there) running = await Server.start(server);
    });
    test.after(async () => running?.stop());

    test.skipUnless(there, absent, "and names the client, which no address of a packet does", async () => {
      const [frames] = await arriving("aws", [ACK, data(0, 500), data(500)]);
      assert.match(await (running as Server).answer(reassembled(frames)), /10\.1\.0\.9/);
    });

    for (const profile of PROFILES)
      for (const [name, sent, headers] of WAYS)
        test.skipUnless(there, absent, `${profile}: ${name}`, async () => {
          const [frames, left] = await arriving(profile, sent);
          assert.is(left, headers);
          const stream = reassembled(frames);
          assert.is(hexOf(stream.slice(0, LENGTH[profile])), headerOf(profile));
          assert.is(hexOf(stream.slice(LENGTH[profile])), hexOf(REQUEST));
          const answer = await (running as Server).answer(stream);
          assert.match(answer, /^HTTP\/1\.1 200 /);
          assert.match(answer, /\r\n\r\n10\.1\.0\.9:5000 > 10\.1\.0\.4:443$/);
        });

    test.skipUnless(there, absent, "and refuses one whose header is not whole", async () => {
      const [frames] = await arriving("azure", [ACK, data(0)]);
      const answer = await (running as Server).answer(reassembled(frames).slice(4)).catch(() => "");
      assert.ok(!answer.includes("10.1.0.9"), answer);
    });
  });
