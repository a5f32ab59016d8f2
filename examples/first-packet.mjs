import { readFileSync } from "node:fs";
import { createPlane } from "linkplane";
import { parseConfiguration } from "linkplane/config";

const plane = await createPlane(parseConfiguration(readFileSync("examples/storage.yaml", "utf8")));
const syn = "4500002800014000400626b60a0100140a010004a02801bb000000000000000050020000f9e50000";
const { verdict, reason, out } = plane.processFrame(Buffer.from(syn, "hex"), { link: "raw", time: 0n });
const [flow] = plane.flows();
console.log(verdict, reason, `${flow.client} -> ${flow.endpoint} -> ${flow.nat} -> ${flow.backend}`);
console.log(Buffer.from(out[0].bytes).toString("hex"));
