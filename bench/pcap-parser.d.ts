declare module "pcap-parser" {
  import type { EventEmitter } from "node:events";
  const pcapParser: { parse(source: NodeJS.ReadableStream | string): EventEmitter };
  export default pcapParser;
}
