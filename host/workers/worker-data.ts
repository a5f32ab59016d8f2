// What a worker thread is handed as it starts: apart from the messages, which the package's types name, so that these need none of Node's.

import type { MessagePort } from "node:worker_threads";
import type { Start } from "./message.ts";

export interface WorkerData extends Start {
  buffer: SharedArrayBuffer;
  port: MessagePort;
}
