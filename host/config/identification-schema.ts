// The schema of settings.identification: what becomes of first messages that say nothing clear.

import { z } from "zod";
import { DEFAULT_SETTINGS } from "./configuration.ts";

const choice = (otherwise: "deny" | "allow") => z.enum(["deny", "allow"]).default(otherwise);
const n = DEFAULT_SETTINGS.identification;
export const identification = z.strictObject({
  missingName: choice(n.missingName).describe("A first message without a name."),
  encryptedName: choice(n.encryptedName).describe("A TLS name that is encrypted; allow lets the outer name decide."),
  unexpectedProtocol: choice(n.unexpectedProtocol).describe(
    "A first message of another protocol than the rule expects.",
  ),
  http2PriorKnowledge: choice(n.http2PriorKnowledge).describe("HTTP/2 in plain text without an upgrade."),
  messageTooLong: choice(n.messageTooLong).describe("A first message of more than 16,384 bytes or 64 segments."),
  holdPoolFull: choice(n.holdPoolFull).describe("A first message that finds no place to be held in."),
  otherBeginning: choice(n.otherBeginning).describe(
    "A server that acknowledges other bytes than it was sent. A replay always allows it: the captured server had what is held.",
  ),
  enableTcpReset: z
    .boolean()
    .default(n.enableTcpReset)
    .describe("Send RST to both ends of a flow that is refused for its first message."),
  holdSlots: z
    .int()
    .min(1)
    .max(65_536)
    .default(n.holdSlots)
    .describe("First messages held at once, 22 KB each; 39 KB when some rule says everyRequest."),
});
