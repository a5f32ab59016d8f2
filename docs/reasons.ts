// Writes docs/reasons.md from host/reasons.ts: `npm run docs`. Rules and tests of each reason are named here.

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { REASONS } from "../host/reasons.ts";

/** Section of docs/behaviour.md that gives the reason, and the test that provokes it, under test/. */
const SHOWN: Record<string, [section: string, test: string]> = {
  forwarded: ["6", "conformance/translate.test.ts"],
  "new-flow": ["3", "conformance/translate.test.ts"],
  "mid-stream-admitted": ["3", "conformance/denied.test.ts"],
  "not-ip": ["1.1", "conformance/links.test.ts"],
  ipv6: ["1.1", "conformance/links.test.ts"],
  "link-type": ["1.1", "conformance/links.test.ts"],
  "vlan-depth": ["1.1", "conformance/networks.test.ts"],
  tunnel: ["22.1", "conformance/tunnels.test.ts"],
  "no-endpoint": ["3", "conformance/gate.test.ts"],
  truncated: ["1", "conformance/malformed.test.ts"],
  "bad-ip-header": ["1.2", "conformance/malformed.test.ts"],
  "bad-ip-length": ["1.2", "conformance/malformed.test.ts"],
  "bad-tcp-header": ["1.3", "conformance/malformed.test.ts"],
  "bad-udp-length": ["1.3", "conformance/malformed.test.ts"],
  icmp: ["17.1", "conformance/icmp-errors.test.ts"],
  fragment: ["3", "conformance/untranslated.test.ts"],
  protocol: ["3", "conformance/untranslated.test.ts"],
  "spoofed-endpoint": ["3", "conformance/gate.test.ts"],
  "ttl-expired": ["3", "conformance/ttl.test.ts"],
  "connection-pending": ["3", "conformance/gate.test.ts"],
  "connection-rejected": ["3", "conformance/gate.test.ts"],
  "connection-disconnected": ["3", "conformance/gate.test.ts"],
  "no-rule": ["3", "conformance/gate.test.ts"],
  "mid-stream": ["3", "conformance/denied.test.ts"],
  "no-backend": ["4", "conformance/balance.test.ts"],
  "flow-table-full": ["3", "conformance/denied.test.ts"],
  "nat-exhausted": ["5", "conformance/ports.test.ts"],
  "no-flow": ["3", "conformance/gate.test.ts"],
  "reply-unmatched": ["12", "conformance/captured.test.ts"],
  "reply-refused": ["12", "conformance/captured.test.ts"],
  "tuple-taken": ["-", "host/replay/servers.test.ts"],
  "endpoint-unreachable": ["2.1", "conformance/reach.test.ts"],
  "connection-refused": ["3", "conformance/gate.test.ts"],
  "endpoint-rule-denied": ["3.1", "conformance/endpoint-rules.test.ts"],
  "awaiting-name": ["14.1", "conformance/first-message-segments.test.ts"],
  "resource-denied": ["14.2", "conformance/first-message.test.ts"],
  "name-changed": ["14.2", "conformance/first-message-segments.test.ts"],
  "name-missing": ["14.2", "conformance/first-message.test.ts"],
  "name-ambiguous": ["14.2", "conformance/first-message.test.ts"],
  "name-encrypted": ["14.2", "conformance/first-message.test.ts"],
  "protocol-unexpected": ["14.2", "conformance/first-message.test.ts"],
  "http2-prior-knowledge": ["14.2", "conformance/first-message.test.ts"],
  "first-message-too-long": ["14.1", "conformance/first-message-segments.test.ts"],
  "segments-conflict": ["14.1", "conformance/first-message-segments.test.ts"],
  "hold-pool-full": ["14.1", "conformance/first-message-segments.test.ts"],
  "held-retransmission": ["14.1", "conformance/first-message-segments.test.ts"],
  "first-message-incomplete": ["14.4", "conformance/first-message-segments.test.ts"],
  "udp-not-identified": ["3", "conformance/first-message.test.ts"],
  "connection-lost": ["15", "conformance/change.test.ts"],
  "flow-withdrawn": ["15", "conformance/change.test.ts"],
  "request-ambiguous": ["14.5", "conformance/every-request.test.ts"],
  "stream-opaque": ["14.5", "conformance/every-request.test.ts"],
  "icmp-error": ["17.3", "conformance/icmp-errors.test.ts"],
  "icmp-malformed": ["17.2", "conformance/icmp-errors.test.ts"],
  "icmp-bad-checksum": ["17.2", "conformance/icmp-errors.test.ts"],
  "icmp-no-flow": ["17.3", "conformance/icmp-errors.test.ts"],
  "icmp-echo": ["17.6", "conformance/icmp-echo.test.ts"],
  "packet-too-big": ["18", "conformance/size.test.ts"],
  "backend-drained": ["21.2", "conformance/draining.test.ts"],
  "ipv6-extension": ["23.1", "conformance/ipv6-headers.test.ts"],
  "awaiting-fragment": ["19.3", "conformance/fragments.test.ts"],
  "fragment-malformed": ["19.1", "conformance/fragments-refused.test.ts"],
  "fragment-duplicate": ["19.1", "conformance/fragments-refused.test.ts"],
  "fragment-overlap": ["19.1", "conformance/fragments-refused.test.ts"],
  "fragment-table-full": ["19.1", "conformance/fragments-refused.test.ts"],
  "fragment-pool-full": ["19.3", "conformance/fragments-refused.test.ts"],
  "fragment-timeout": ["19.1", "conformance/fragments-refused.test.ts"],
  "reset-out-of-sequence": ["20.2", "conformance/reset-sequence.test.ts"],
  "flow-expired": ["20.5", "conformance/late-packets.test.ts"],
  "client-flows-full": ["20.6", "conformance/client-flows.test.ts"],
  "tunnel-fragment": ["22.1", "conformance/tunnels-dropped.test.ts"],
  "tunnel-bad-checksum": ["22.1", "conformance/tunnels-dropped.test.ts"],
  "martian-source": ["3", "conformance/martians.test.ts"],
};

const HEAD = `# Verdict reasons

Every packet leaves with one of these: in the summary, as a comment on a dropped packet in the written capture, in the flow log,
and as \`reason\` in the library. *forward*: translated and sent on. *drop*: it ends here. *pass*: no matter of the plane's, left as it
is. *held*: it waits. The rule is a section of [behaviour.md](behaviour.md); \`reply-unmatched\`, \`reply-refused\` and \`tuple-taken\` are for captured
packets that a replay cannot feed in or turn back: one that compares gives them itself. This page is made by \`npm run docs\`.

| reason | verdict | what happened | what to change | rule | test |
|---|---|---|---|---|---|
`;

/** The page. */
export function reasonsPage(): string {
  const rows = REASONS.map(({ name, verdict, sentence, remedy }) => {
    const [section, test] = SHOWN[name] ?? ["", ""];
    return `| \`${name}\` | ${verdict} | ${sentence} | ${remedy} | ${section} | [${test.split("/").at(-1)}](../test/${test}) |\n`;
  });
  return HEAD + rows.join("");
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(fileURLToPath(new URL("reasons.md", import.meta.url)), reasonsPage());
