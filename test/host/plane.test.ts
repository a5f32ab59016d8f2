// The library: what a simulator meets.

import { LinkplaneError } from "../../host/errors.ts";
import { createPlane, type Flow, type Packet, type Plane, type PlaneOptions } from "../../host/index.ts";
import { baseConfiguration } from "../conformance/configuration.ts";
import { frameOf } from "../conformance/packet.ts";
import { assert, suite } from "../kit.ts";

const SECOND = 1_000_000_000n;

const plane = (options?: PlaneOptions): Promise<Plane> => createPlane(baseConfiguration(), options);
const request = (text: string, second = 0n, network = "shop"): Packet => ({
  frame: frameOf(`tcp 10.1.0.9:5000 > 10.1.0.4:443 ${text}`),
  network,
  time: second * SECOND,
});

/** Parts of a packet that cannot be. */
const WRONG: readonly object[] = [
  ...[5, "5", undefined, null, Number.NaN, 2n ** 64n].map((time) => ({ time })),
  ...["Provider", "", null, 1, Symbol("side")].map((side) => ({ side })),
  ...["token-ring", "", null, 1, "toString"].map((link) => ({ link })),
  ...[-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "60", null, 60n].map((wireLength) => ({ wireLength })),
  ...[undefined, null, "00", 5, [0], new ArrayBuffer(60), new Uint16Array(30), {}].map((frame) => ({ frame })),
];

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof LinkplaneError) return error.code;
    throw error;
  }
  return "nothing thrown";
}

suite("The library", (test) => {
  test("takes a frame and gives its verdict, its reason, its flow and what left", async () => {
    const { frame, network, time } = request("S");
    const result = (await plane()).processFrame(frame, { network: network as string, side: "consumer", time });
    assert.equal([result.verdict, result.reason, result.flow], ["forward", "new-flow", 0]);
    assert.equal(result.out, [
      {
        side: "provider",
        cause: "input",
        flow: 0,
        link: "ethernet",
        bytes: frameOf("tcp 10.2.0.10:1024 > 10.2.1.1:8443 S ttl=63"),
      },
    ]);
  });

  test("leaves the frame it was given as it was", async () => {
    const packet = request("S");
    (await plane()).process([packet]);
    assert.equal(packet.frame, request("S").frame);
  });

  for (const [name, value] of [
    ["midStream", "admitted"],
    ["midStream", null],
    ["ringSize", 1000],
    ["ringSize", 300_000.5],
  ] as const)
    test(`refuses the option ${name}: ${value}`, async () => {
      const error: unknown = await plane({ [name]: value }).catch((thrown: unknown) => thrown);
      assert.instance(error, LinkplaneError);
      assert.is((error as LinkplaneError).code, "CONFIG_INVALID");
      assert.match((error as LinkplaneError).format(), new RegExp(`${name} cannot be .*${value}.*leave it out`));
    });

  test("checks a plain object as strictly as a file", async () => {
    const wrong = { ...baseConfiguration(), privateEndpoints: [{ name: "a", privateIPAddress: "010.0.0.1" }] };
    const error = await createPlane(wrong).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof LinkplaneError && error.code === "CONFIG_INVALID", String(error));
  });

  test("refuses flows whose beginning it has not seen, unless told otherwise", async () => {
    assert.is((await plane()).process([request("A")])[0]?.reason, "mid-stream");
    assert.is((await plane({ midStream: "admit" })).process([request("A")])[0]?.reason, "mid-stream-admitted");
  });

  test("names a network that it does not know, before anything of the batch is handled", async () => {
    const one = await plane();
    assert.is(
      codeOf(() => one.process([request("S"), request("S", 0n, "shopp")])),
      "UNKNOWN_NETWORK",
    );
    assert.is(
      codeOf(() => one.process([{ frame: new Uint8Array(60), time: 0n }])),
      "UNKNOWN_NETWORK",
    );
    assert.is(one.counters().flows.created, 0);
    assert.is(one.process([request("S")])[0]?.reason, "new-flow");
  });

  test("needs no network's name when only one can be meant", async () => {
    const [result] = (await plane()).process([
      { frame: frameOf("tcp 10.2.1.1:1 > 10.2.0.10:2"), side: "provider", time: 0n },
    ]);
    assert.is(result?.reason, "no-flow");
  });

  test("names what is no packet, before anything of the batch is handled", async () => {
    const one = await plane();
    for (const wrong of WRONG)
      assert.is(
        codeOf(() => one.process([request("S"), { ...request("S"), ...wrong } as unknown as Packet])),
        "BAD_PACKET",
      );
    assert.is(one.process([request("A")])[0]?.reason, "mid-stream");
  });

  test("names what are no packets, and no time to advance to", async () => {
    const one = await plane();
    for (const wrong of [undefined, null, 5, "packets", {}, [undefined], [null], [5], ["S"], [[]]])
      assert.is(
        codeOf(() => one.process(wrong as unknown as Packet[])),
        "BAD_PACKET",
        String(wrong),
      );
    const { frame } = request("S");
    assert.is(
      codeOf(() => one.processFrame(frame, undefined as unknown as Packet)),
      "BAD_PACKET",
    );
    for (const wrong of [undefined, 5, "5", Symbol("time"), 2n ** 64n])
      assert.is(
        codeOf(() => one.advance(wrong as bigint)),
        "BAD_PACKET",
      );
    one.process([request("S", 5n)]);
    assert.equal(one.advance(-1n), [], "a time before the first moves nothing");
    assert.is([...one.flows()].length, 1);
  });

  test("refuses a frame longer than any capture holds, and takes the longest", async () => {
    const one = await plane();
    const time = 0n;
    assert.is(
      codeOf(() => one.process([{ frame: new Uint8Array(262_145), network: "shop", time }])),
      "BAD_PACKET",
    );
    const longest = Array.from({ length: 20 }, () => ({ frame: new Uint8Array(262_144), network: "shop", time }));
    assert.equal(
      one.process(longest).map(({ reason }) => reason),
      longest.map(() => "not-ip"),
    );
  });

  test("takes empty batches, empty frames, and times before the first", async () => {
    const one = await plane();
    assert.equal(one.process([]), []);
    assert.is(one.process([{ frame: new Uint8Array(0), network: "shop", time: -5n }])[0]?.reason, "truncated");
    assert.is(one.process([request("S", 9n)])[0]?.reason, "new-flow");
    assert.is(one.process([request("A", 1n)])[0]?.reason, "forwarded");
  });

  test("runs on a virtual clock: nothing happens before nextDeadline, advance makes it happen", async () => {
    const ended: Flow[] = [];
    const one = await plane({ onFlowEnd: (flow) => void ended.push(flow) });
    assert.is(one.nextDeadline(), undefined);
    one.process([request("S")]);
    const deadline = one.nextDeadline() as bigint;
    assert.ok(deadline >= 60n * SECOND && deadline < 61n * SECOND, `${deadline} ns`);
    one.advance(deadline - 1n);
    assert.is(ended.length, 0);
    one.advance(deadline);
    assert.equal(
      ended.map(({ number, end, client }) => [number, end, client]),
      [[0, "idle", "10.1.0.9:5000"]],
    );
    assert.is(one.nextDeadline(), undefined);
  });

  test("lists flows with what they carried", async () => {
    const one = await plane();
    one.process([request("S", 1n), request("A data=abc", 2n)]);
    assert.equal(
      [...one.flows()],
      [
        {
          number: 0,
          network: "shop",
          protocol: "tcp",
          client: "10.1.0.9:5000",
          endpoint: "shop-approved",
          endpointPort: 443,
          denied: false,
          reason: "new-flow",
          backend: "10.2.1.1:8443",
          nat: "10.2.0.10:1024",
          name: "",
          state: "opening",
          end: "alive",
          toService: { packets: 2, bytes: 111 },
          toConsumer: { packets: 0, bytes: 0 },
          firstSeen: SECOND,
          lastSeen: 2n * SECOND,
        },
      ],
    );
  });

  test("forgets flows, counters and time on reset, and does the same again", async () => {
    const one = await plane();
    const first = one.process([request("S", 100n), request("A", 101n)]);
    one.reset();
    assert.equal([...one.flows()], []);
    assert.equal(one.counters().reasons, {});
    assert.is(one.nextDeadline(), undefined);
    assert.equal(one.process([request("S", 100n), request("A", 101n)]), first);
  });

  test("keeps planes apart that share a compiled core", async () => {
    const { coreModule } = await import("../../host/index.ts");
    const module = await coreModule();
    const [one, other] = await Promise.all([plane({ module }), plane({ module })]);
    one.process([request("S")]);
    assert.is([...other.flows()].length, 0);
    assert.is(other.process([request("A")])[0]?.reason, "mid-stream");
  });
});
