// Expectations for people, like a test's report.

import { failed, type Judgement } from "../expect/judge.ts";
import type { Expectation } from "../expect/expectation.ts";
import { REASONS } from "../reasons.ts";
import { amount, count } from "./quantity.ts";

/** Text of judgements: what was so first, what was not last. */
export function expectationsText(judgements: readonly Judgement[]): string {
  const ordered = [...judgements.filter((each) => !failed(each)), ...judgements.filter(failed)];
  const wrong = judgements.filter(failed).length;
  const skipped = judgements.filter(({ outcome }) => outcome === "skipped").length;
  const more = skipped === 0 ? "" : `, ${count(skipped)} without traffic`;
  const total = `Expectations: ${count(judgements.length - wrong - skipped)} met, ${count(wrong)} not met${more}`;
  return [total, ...ordered.flatMap(linesOf)].join("\n");
}

function linesOf(judgement: Judgement): string[] {
  const { expectation, outcome, flows, contraryFlows, contrary } = judgement;
  const text = sentence(expectation);
  if (outcome === "met") return [`  ok    ${text} (${amount(flows, "flow")})`];
  if (outcome === "skipped") return [`  -     ${text} (no such flow, optional)`];
  if (outcome === "no-traffic")
    return [`  FAIL  ${text}`, "          no flow of the capture is meant; add optional: true if that may be"];
  if (outcome === "unrecorded")
    return [
      `  FAIL  ${text}`,
      "          refused packets left no record of their flows, which may be meant; raise settings.maxDenied",
    ];
  const lines = contrary.map(({ client, endpoint, endpointPort, protocol, name, verdict, reason }) => {
    const asked = name === null ? "" : ` for ${name}`;
    return `          ${client} > ${endpoint}:${endpointPort}/${protocol}${asked}: ${verdict}, ${reason}`;
  });
  const rest = contraryFlows - contrary.length;
  const remedies = new Set(
    contrary.filter(({ verdict }) => verdict === "denied").map(({ reason }) => remedyOf(reason)),
  );
  return [
    `  FAIL  ${text} (${count(contraryFlows)} of ${amount(flows, "flow")} otherwise)`,
    ...lines,
    ...(rest > 0 ? [`          and ${amount(rest, "more flow")}`] : []),
    ...[...remedies].filter((remedy) => remedy !== "").map((remedy) => `          ${remedy}`),
  ];
}

const remedyOf = (reason: string): string => REASONS.find(({ name }) => name === reason)?.remedy ?? "";

/** An expectation in words: `allowed: 10.1.0.0/24 > pe-storage:443/tcp`. */
export function sentence({ verdict, client, network, endpoint, port, protocol, name, reason }: Expectation): string {
  const at = `${endpoint ?? "any endpoint"}${port === undefined ? "" : `:${port}`}${protocol === undefined ? "" : `/${protocol}`}`;
  const where = network === undefined ? "" : ` in ${network}`;
  const asked = name === undefined ? "" : ` for ${name}`;
  return `${verdict}${reason === undefined ? "" : ` (${reason})`}: ${client ?? "any client"} > ${at}${where}${asked}`;
}
