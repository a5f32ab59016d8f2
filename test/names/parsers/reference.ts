// What the reference plane's readers make of a message, in the words of core.ts.

import { normal } from "../../reference/judge.ts";
import type { Outcome } from "../../reference/message/outcome.ts";
import { readRequest } from "../../reference/message/request.ts";
import { readAfter, readHello } from "../../reference/message/tls.ts";
import { readEncryptionRequest, readPrelogin } from "../../reference/message/upgrade.ts";
import { hexOf } from "../hello.ts";
import type { Reader } from "./core.ts";

const KEPT = 255;

/** Readers of clients' messages; the reference reads servers' answers elsewhere. */
const OF: Record<Exclude<Reader, "answer">, (bytes: Uint8Array) => Outcome> = {
  request: readRequest,
  hello: readHello,
  after: (bytes) => readAfter(bytes, false),
  "after with early data": (bytes) => readAfter(bytes, true),
  prelogin: readPrelogin,
  encryption: readEncryptionRequest,
};

export function referenceReading(reader: Exclude<Reader, "answer">, message: Uint8Array): string {
  const outcome = OF[reader](message);
  switch (outcome.kind) {
    case "more":
    case "over":
      return outcome.kind;
    case "preface":
      return `preface ${outcome.size}`;
    case "reason":
      return `reason ${outcome.reason}`;
    case "named": {
      const name = normal(outcome.name ?? new Uint8Array(0), reader === "request");
      const offers = (outcome.encrypted === true ? 1 : 0) + (outcome.early === true ? 2 : 0);
      const kept = hexOf(Uint8Array.from(Buffer.from(name, "latin1")).subarray(0, KEPT));
      return `named size=${outcome.size} offers=${offers} length=${name.length} ${kept}`;
    }
  }
}
