// linkplane/capture: reading and writing capture files, without Node's modules.

export type {
  ByteSink,
  ByteSource,
  CaptureFormat,
  CaptureInterface,
  CaptureReader,
  CaptureWriter,
  FrameBatch,
  WrittenInterface,
} from "./capture.ts";
export { type MemorySink, memorySink, memorySource } from "./memory.ts";
export { PcapWriter } from "./pcap-writer.ts";
export { PcapngWriter } from "./pcapng-writer.ts";
export { type OpenOptions, openCapture } from "./reader.ts";
