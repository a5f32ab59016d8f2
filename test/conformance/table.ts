// Tables of (configuration, packets in, verdicts, packets out, counters), run on the core and on the reference plane alike.

import { type Configuration, markChecked, type Settings } from "../../host/config/configuration.ts";
import { corePlane } from "../core-plane.ts";
import { assert, bytes, suite } from "../kit.ts";
import type { EmitOut, LinkName, PacketIn, PlaneUnderTest } from "../plane.ts";
import { ReferencePlane } from "../reference/plane.ts";
import { baseConfiguration } from "./configuration.ts";
import { frameOf } from "./packet.ts";
import { RowCapture } from "./row-capture.ts";

export interface Step {
  /** Seconds. */
  at?: number;
  /** Instead of a packet: changes the configuration that is in force, which is then applied. */
  apply?: (configuration: Configuration) => void;
  /** Text of the packet (packet.ts); absent: the clock is moved to `at`. */
  in?: string;
  side?: PacketIn["side"];
  network?: string;
  link?: LinkName;
  /** Only so many bytes of the frame are captured. */
  captured?: number;
  /** Bytes of the frame instead of a text. */
  frame?: Uint8Array;
  wireLength?: number;
  /** Address of the backend it asks for. */
  backend?: string;
  /** `verdict reason` or `verdict reason flow`. */
  gives?: string;
  /** What leaves: `side text` or `side/cause text`, in order; not looked at when absent. */
  out?: string[];
  /** Captured bytes of a packet that leaves, when they are not as many as came. */
  leaves?: number;
}

export interface Row {
  name: string;
  settings?: Partial<Settings>;
  change?: (configuration: Configuration) => void;
  steps: Step[];
  /** A part of the counters at the end. */
  counters?: Record<string, unknown>;
  /** Looks at the plane at the end. */
  check?: (plane: PlaneUnderTest) => void;
}

/** Folder that the rows' packets are written to, as the core has them; a file a row. */
const CAPTURES = process.env.LINKPLANE_CAPTURES;

/** Runs each row on both planes. */
export function table(title: string, rows: readonly Row[]): void {
  suite(title, (test) => {
    for (const row of rows) {
      test(`${row.name} (core)`, async () => {
        const configuration = configurationOf(row);
        const capture = CAPTURES === undefined ? undefined : new RowCapture();
        runRow(await corePlane(configuration), row, configuration, capture);
        await capture?.write(CAPTURES ?? "", row.name);
      });
      test(`${row.name} (reference)`, () => {
        const configuration = configurationOf(row);
        runRow(new ReferencePlane(configuration), row, configuration);
      });
    }
  });
}

function configurationOf({ settings, change }: Row): Configuration {
  const configuration = baseConfiguration();
  Object.assign(configuration.settings, settings);
  change?.(configuration);
  return markChecked(configuration);
}

function runRow(plane: PlaneUnderTest, row: Row, first: Configuration, capture?: RowCapture): void {
  let configuration = first;
  row.steps.forEach((step, i) => {
    if (step.apply === undefined) return runStep(plane, step, `${row.name}, step ${i + 1}`, capture);
    configuration = structuredClone(configuration);
    step.apply(configuration);
    plane.apply(markChecked(configuration));
  });
  if (row.counters !== undefined) includes(plane.counters(), row.counters, row.name);
  row.check?.(plane);
}

function runStep(plane: PlaneUnderTest, step: Step, where: string, capture?: RowCapture): void {
  const time = BigInt(Math.round((step.at ?? 0) * 1e9));
  const link = step.link ?? "ethernet";
  if (step.in === undefined && step.frame === undefined) {
    const out = plane.advance(time);
    capture?.emits(out, link, time);
    return sameEmits(out, step.out, link, where);
  }
  const whole = step.frame ?? frameOf(step.in ?? "", link);
  const frame = whole.slice(0, step.captured ?? whole.length);
  const side = step.side ?? "consumer";
  const network = step.network ?? (side === "consumer" ? "shop" : "provider");
  const wireLength = step.wireLength ?? whole.length;
  const asks = step.backend === undefined ? {} : { backend: step.backend };
  const packet = { frame, link, side, network, time, wireLength, ...asks };
  const [outcome] = plane.process([packet]);
  capture?.packet(packet, outcome);
  const { verdict = "", reason = "", flow = -1 } = outcome ?? {};
  if (step.gives !== undefined) {
    const wantsFlow = step.gives.split(" ").length > 2;
    assert.is(`${verdict} ${reason}${wantsFlow ? ` ${flow}` : ""}`, step.gives, where);
  }
  sameEmits(outcome?.out ?? [], step.out, link, where, step.leaves ?? step.captured);
}

function sameEmits(
  out: EmitOut[],
  expected: string[] | undefined,
  link: LinkName,
  where: string,
  captured?: number,
): void {
  if (expected === undefined) return;
  assert.is(out.length, expected.length, `${where}: packets that left`);
  out.forEach((emit, i) => {
    const [place = "", ...text] = (expected[i] as string).split(" ");
    const [side, cause] = place.split("/");
    assert.is(emit.side, side, `${where}, packet ${i + 1} that left: side`);
    if (cause !== undefined) assert.is(emit.cause, cause, `${where}, packet ${i + 1} that left: cause`);
    bytes(emit.bytes, frameOf(text.join(" "), link).slice(0, captured), `${where}, packet ${i + 1} that left`);
  });
}

/** Compares only what the expectation names. */
function includes(actual: unknown, expected: unknown, where: string): void {
  if (typeof expected !== "object" || expected === null) return assert.is(actual, expected, where);
  for (const [key, value] of Object.entries(expected))
    includes((actual as Record<string, unknown>)?.[key], value, `${where}: ${key}`);
}
