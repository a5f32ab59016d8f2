// Connections of several requests, through rules that look at each.

import type { Configuration } from "../../../host/config/configuration.ts";
import { identifying } from "../../conformance/first-message-kit.ts";
import { hexOf } from "../../names/hello.ts";
import type { Line } from "./conversation.ts";

/** Has every rule look at every request. */
export function everyRequest(configuration: Configuration): void {
  identifying("http", { otherBeginning: "allow" })(configuration);
  for (const rule of configuration.loadBalancers[0]?.loadBalancingRules ?? []) rule.everyRequest = true;
}

/** A request for a host. */
export const get = (host: string, fields = ""): string => `GET / HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`;

/** A connection of requests, each as the pieces its client sent so many times, and answered once it is whole; reply by reply one byte. */
export function connection(requests: readonly (readonly string[])[], times = 1): Line[] {
  const request = "tcp 10.1.0.9:5000 > 10.1.0.4:443";
  const reply = "tcp 10.1.0.4:443 > 10.1.0.9:5000";
  const lines: Line[] = [
    [0, `${request} S seq=100`],
    [0.01, `${reply} SA seq=900 ack=101 ttl=55`],
    [0.02, `${request} A seq=101 ack=901`],
  ];
  let sent = 101;
  let answered = 901;
  let time = 1;
  for (const pieces of requests) {
    for (const piece of pieces) {
      const bytes = new TextEncoder().encode(piece);
      for (let copy = 0; copy < times; copy++, time += 0.01)
        lines.push([time, `${request} PA seq=${sent} ack=${answered} hex=${hexOf(bytes)}`]);
      sent += bytes.length;
    }
    lines.push([time, `${reply} PA seq=${answered} ack=${sent} data=x ttl=55`]);
    answered += 1;
    time += 1;
  }
  return lines;
}
