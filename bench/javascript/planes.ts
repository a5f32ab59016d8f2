// Loads planes in JavaScript. Each is an instance of its module of its own, so that the optimising compiler takes the arrays, which
// are constants of the module, for what they are; a plane whose arrays are fields of an object is a fifth slower. Nor is there a
// bound to inlining, which by default leaves calls on the path of every packet: another fifth.

import { setFlagsFromString } from "node:v8";
import type { Core } from "../../host/core.ts";
import { Boundary } from "./boundary.ts";
import { Records } from "./records.ts";

/** A plane in JavaScript. */
export interface JavascriptPlane {
  readonly name: string;
  readonly boundary: Boundary;
  readonly records: Records;
  /** Handles the first `count` descriptors; how many packets were forwarded. The others are of no established flow. */
  run(count: number): number;
}

export type Kind = "plain" | "pipelined";

interface Claim {
  boundary: Boundary;
  records: Records;
}

const INLINING = ["--max-inlined-bytecode-size=2000", "--max-inlined-bytecode-size-cumulative=10000"];

let claim: Claim | undefined;
let instances = 0;

/** Loads a plane that goes on where a core stands, which handled its last packet at `now` ns; `bytes` is room for a batch. */
export async function loadPlane(kind: Kind, core: Core, now: number, bytes: number): Promise<JavascriptPlane> {
  const boundary = new Boundary(core, now, bytes);
  const records = new Records(core);
  for (const flag of INLINING) setFlagsFromString(flag);
  claim = { boundary, records };
  const { run } = (await import(`./${kind}.ts?instance=${instances++}`)) as Pick<JavascriptPlane, "run">;
  return { name: `${kind} JavaScript`, boundary, records, run };
}

/** What the plane being loaded works on. */
export function claimed(): Claim {
  if (claim === undefined) throw new Error("Planes in JavaScript are loaded by loadPlane.");
  return claim;
}
