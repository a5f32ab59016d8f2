// Judging what a client sent, message by message (behaviour 14.2).
import type { Identification } from "../../host/config/configuration.ts";
import type { Endpoint } from "./networks.ts";
import type { Expects, Inspection } from "./inspection.ts";
import type { Named, Outcome } from "./message/outcome.ts";
import { UNEXPECTED } from "./message/outcome.ts";
import { readRequest } from "./message/request.ts";
import { readAfter, readHello } from "./message/tls.ts";
import { readEncryptionRequest, readPrelogin } from "./message/upgrade.ts";

const HANDSHAKE = 22;
const POSTGRES = 0;
const PRELOGIN = 18;

/** What judging found out; it holds once the bytes pass. */
export interface Found {
  expects: Expects;
  /** Bytes judged. */
  taken: number;
  /** Allowed name. */
  name?: string | undefined;
  /** A name was let through just now. */
  named: boolean;
  /** It was in a ClientHello. */
  hello: boolean;
  early: boolean;
  encrypted: boolean;
}

export type Judgement =
  | { kind: "more" }
  | { kind: "passes" | "all"; found: Found }
  | { kind: "reason"; reason: string; name?: string | undefined };

export function judge(
  inspection: Inspection,
  allowed: string | undefined,
  endpoint: Endpoint,
  options: Identification,
  bytes: Uint8Array,
): Judgement {
  const { expects, early, encrypted } = inspection;
  const found: Found = { expects, taken: 0, name: allowed, named: false, hello: false, early, encrypted };
  while (found.taken < bytes.length && found.expects !== "answer") {
    const rest = bytes.subarray(found.taken);
    const outcome = read(inspection, found, rest);
    if (outcome.kind === "more") return outcome;
    if (outcome.kind === "reason") return outcome;
    if (outcome.kind === "over") return { kind: "all", found };
    if (outcome.kind === "preface") {
      if (found.expects === "first") found.expects = rest[0] === POSTGRES ? "hello" : "tds";
    } else {
      const against = judgeName(found, endpoint, options, outcome, rest[0] as number);
      if (against !== undefined) return against;
    }
    found.taken += outcome.size;
  }
  return { kind: "passes", found };
}

function read({ identify }: Inspection, { expects, early }: Found, bytes: Uint8Array): Outcome {
  const [first] = bytes;
  if (expects === "after") return readAfter(bytes, early);
  if (expects === "tds") return first === PRELOGIN ? readPrelogin(bytes) : readHello(bytes);
  if (expects === "hello") return first === POSTGRES ? readEncryptionRequest(bytes) : readHello(bytes);
  if (identify === "http") return readRequest(bytes);
  if (first === HANDSHAKE) return readHello(bytes);
  if (first === POSTGRES) return readEncryptionRequest(bytes);
  if (first === PRELOGIN) return readPrelogin(bytes);
  return identify === "tls" ? UNEXPECTED : readRequest(bytes);
}

function judgeName(
  found: Found,
  endpoint: Endpoint,
  { encryptedName }: Identification,
  message: Named,
  first: number,
): Judgement | undefined {
  const again = found.expects === "after";
  const isRequest = first !== HANDSHAKE && first !== PRELOGIN;
  const name = normal(message.name ?? new Uint8Array(0), isRequest);
  const shown = name === "" ? undefined : printable(name);
  if (message.encrypted === true && encryptedName === "deny")
    return { kind: "reason", reason: "name-encrypted", name: shown };
  if (name === "") return { kind: "reason", reason: again ? "name-changed" : "name-missing" };
  if (again && name !== found.name) return { kind: "reason", reason: "name-changed", name: shown };
  if (!endpoint.names.has(name)) return { kind: "reason", reason: "resource-denied", name: shown };
  found.name = name;
  found.named = true;
  found.hello = first === HANDSHAKE;
  found.early ||= message.early === true;
  found.encrypted ||= message.encrypted === true;
  found.expects = first === HANDSHAKE ? "after" : "answer";
  return undefined;
}

/** The form in which names are compared. */
export function normal(bytes: Uint8Array, withPort: boolean): string {
  const text = Buffer.from(bytes).toString("latin1");
  const host = withPort ? text.replace(/:[0-9]*$/, "") : text;
  return host.replace(/\.$/, "").replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

const NAME_SHOWN = 255;

/** Bytes that are no printable ASCII as \xNN. */
export const printable = (name: string): string =>
  name
    .slice(0, NAME_SHOWN)
    .replace(/[^\x21-\x7e]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`);
