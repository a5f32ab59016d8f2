// The ladder as a picture: packets per second against flows, one line for each plane.

import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { Results } from "../host/measure/row.ts";

/** Planes drawn, as rows name them, with the colour of each (told apart by the colour-blind, too). */
const PLANES: [name: string, colour: string][] = [
  ["core", "#0072b2"],
  ["native", "#5a5a5a"],
  ["pipelined JavaScript", "#e69f00"],
  ["plain JavaScript", "#cc79a7"],
];
const FACTORS: Record<string, number> = { "": 1, k: 1000, M: 1_000_000 };
const FONT = "system-ui, sans-serif";
const WIDTH = 560;
const HEIGHT = 300;

/** A measured point of a line. */
export interface Point {
  plane: string;
  flows: number;
  median: number;
  low: number;
  high: number;
}

/** Points of the ladder in some results. */
export function pointsOf({ sections }: Results): Point[] {
  const rows = sections.find(({ name }) => name === "ladder")?.rows ?? [];
  return rows.flatMap(({ name, value: { median, low, high } }) => {
    const [, digits, unit = "", plane = ""] = /^([\d.]+)([kM]?) flows: (.+)$/.exec(name) ?? [];
    if (digits === undefined || !PLANES.some(([known]) => known === plane)) return [];
    return [{ plane, flows: Number(digits) * (FACTORS[unit] as number), median, low, high }];
  });
}

/** The picture as SVG. Throws when the results have no ladder. */
export async function ladderPicture(results: Results): Promise<string> {
  const points = pointsOf(results);
  if (points.length === 0) throw new Error("The results have no ladder; run npm run bench -- ladder.");
  const { spec } = compile(specification(results, points));
  return `${await new View(parse(spec), { renderer: "none" }).toSVG()}\n`;
}

function specification({ machine, begun }: Results, points: Point[]): TopLevelSpec {
  const planes = PLANES.filter(([name]) => points.some(({ plane }) => plane === name));
  const x = { field: "flows", type: "quantitative", scale: { type: "log", nice: false, padding: 24 } } as const;
  const color = { field: "plane", type: "nominal" } as const;
  return {
    width: WIDTH,
    height: HEIGHT,
    padding: 12,
    background: "white",
    title: {
      text: "Packets translated per second on one core",
      subtitle: [
        "64-byte frames of established flows, random order; medians with 95 % intervals",
        `${machine.processor}, ${machine.cores} cores, Node ${machine.node}, ${begun.slice(0, 10)}`,
      ],
      anchor: "start",
      offset: 14,
    },
    data: { values: points.map((point) => ({ ...point, label: point.median.toFixed(1) })) },
    encoding: { x: { ...x, axis: flowsAxis(points) }, color },
    layer: [
      { mark: { type: "rule", strokeWidth: 5, opacity: 0.25 }, encoding: { y: rate("low"), y2: { field: "high" } } },
      { mark: { type: "line", strokeWidth: 2.5, point: { size: 55 } }, encoding: { y: rate("median") } },
      {
        transform: [{ filter: "datum.plane === 'core'" }],
        mark: { type: "text", dx: 19, dy: -8, fontSize: 12, fontWeight: "bold" },
        encoding: { y: rate("median"), text: { field: "label" } },
      },
    ],
    resolve: { scale: { color: "shared" } },
    config: { ...LOOKS, range: { category: planes.map(([, colour]) => colour) } },
  } as TopLevelSpec;
}

const rate = (field: string) =>
  ({
    field,
    type: "quantitative",
    scale: { zero: true },
    axis: { title: "million packets a second", tickCount: 6 },
  }) as const;

function flowsAxis(points: readonly Point[]) {
  const values = [...new Set(points.map(({ flows }) => flows))];
  const label = "datum.value >= 1e6 ? datum.value / 1e6 + ' M' : format(datum.value, ',')";
  return { title: "flows alive (two directions each)", values, labelExpr: label, grid: false };
}

const LOOKS = {
  font: FONT,
  view: { stroke: null },
  axis: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", gridColor: "#e4e4e4", domainColor: "#888" },
  legend: {
    title: null,
    labelFontSize: 12,
    labelLimit: 0,
    symbolOpacity: 1,
    symbolSize: 90,
    orient: "top-right",
  },
  title: { fontSize: 14, subtitleFontSize: 11.5, subtitleColor: "#555", subtitlePadding: 5 },
} as const;
