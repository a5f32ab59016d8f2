// Real captures through rules that identify by name: flows that ask for the endpoint's own name pass whole, others are refused.

import { fileSource } from "../../host/capture/file.ts";
import { type Configuration, markChecked } from "../../host/config/configuration.ts";
import { replay } from "../../host/replay/replay.ts";
import type { FlowLine, ReplaySummary } from "../../host/replay/summary.ts";
import { assert, suite } from "../kit.ts";
import { ABSENT, type Proposal, type SharedCapture, sharedCaptures } from "./captures.ts";

/** Captures with gaps in them: a first message that was not captured whole stays incomplete. */
const IDENTIFY = { sni: "tls", host: "http", none: "address" } as const;

/** The proposals of a capture, filtered. */
function filtered({ configuration, proposals }: SharedCapture): Configuration {
  const own = (address: string): Proposal[] => proposals.filter(({ pe_ip }) => pe_ip === address);
  const addressOf = (name: string): string => name.slice(name.indexOf("-") + 1);
  return markChecked({
    ...configuration,
    privateEndpoints: configuration.privateEndpoints.map((endpoint) => ({ ...endpoint, resource: "own" })),
    privateLinkServices: configuration.privateLinkServices.map((service) => ({
      ...service,
      resources: [
        {
          name: "own",
          names: own(addressOf(service.name)).flatMap(({ allow }) => allow.map((name) => name.replace(/:\d+$/, ""))),
        },
      ],
    })),
    loadBalancers: configuration.loadBalancers.map((balancer) => ({
      ...balancer,
      loadBalancingRules: balancer.loadBalancingRules.map((rule) => {
        const proposal = own(addressOf(balancer.name)).find(({ pe_port }) => pe_port === rule.frontendPort);
        return { ...rule, identify: IDENTIFY[proposal?.filter ?? "none"] };
      }),
    })),
  });
}

async function replayed(capture: SharedCapture): Promise<{ summary: ReplaySummary; lines: FlowLine[] }> {
  const source = await fileSource(capture.path);
  let text = "";
  const decoder = new TextDecoder();
  const flows = { write: (bytes: Uint8Array) => void (text += decoder.decode(bytes)), close: () => undefined };
  try {
    const inputs = [{ file: capture.file, source }];
    const summary = await replay({ configuration: filtered(capture), inputs, flows, verifyChecksums: true });
    const lines = text.split("\n").filter((line) => line !== "");
    return { summary, lines: lines.map((line) => JSON.parse(line) as FlowLine) };
  } finally {
    await source.close();
  }
}

/** What is wrong with what became of a flow. */
function faultOf(proposal: Proposal, flow: Proposal["flows"][number], lines: FlowLine[]): string | undefined {
  const client = `${flow.client}:${flow.client_port}`;
  const its = lines.filter((line) => line.client === client && line.endpoint === `pe-${proposal.pe_ip}`);
  const refused = its.find(({ reason }) => reason === "resource-denied");
  if (flow.verdict === "allowed" && refused !== undefined) return `${client} was refused: ${refused.name}`;
  if (
    flow.verdict === "allowed" &&
    !its.some(({ name }) => proposal.allow.some((own) => own.replace(/:\d+$/, "") === name))
  )
    return `${client} was not let through by name: ${its.map(({ reason, name }) => `${reason} ${name}`)}`;
  if (flow.verdict === "other_name" && refused === undefined)
    return `${client} was not refused: ${its.map(({ reason, name }) => `${reason} ${name}`)}`;
  return undefined;
}

suite("Real captures, filtered by name", (test) => {
  let judged = 0;
  const captures = sharedCaptures().filter(({ proposals }) => proposals.some(({ filter }) => filter !== "none"));
  for (const capture of captures)
    test(capture.file, async () => {
      const { summary, lines } = await replayed(capture);
      const { packets, replies, checksums, drops } = summary;
      assert.is(packets.forwarded + packets.dropped + packets.passed, packets.read);
      assert.is(
        Object.values(drops).reduce((sum, dropped) => sum + dropped, 0),
        packets.dropped,
      );
      assert.is(replies.different, 0, "replies that came out other than they were captured");
      assert.is(checksums?.changed ?? 0, 0, "checksums whose error changed");
      const faults = capture.proposals
        .filter(({ filter }) => filter !== "none")
        .flatMap((proposal) =>
          proposal.flows
            .filter(({ has_syn: whole }) => whole)
            .map((flow) => {
              judged += Number(flow.verdict === "allowed" || flow.verdict === "other_name");
              return faultOf(proposal, flow, lines);
            }),
        );
      assert.equal(
        faults.filter((fault) => fault !== undefined),
        [],
      );
    });
  test.skipUnless(captures.length > 0, ABSENT, "hundreds of flows", () => assert.ok(judged > 200, `${judged} flows`));
});
