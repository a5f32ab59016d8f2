// Opening a capture: the format is told by its first bytes.

import { LinkplaneError } from "../errors.ts";
import { BLOCK_SIZE, BlockBuffer, ownMemory, type ReadMemory } from "./block-buffer.ts";
import type { ByteSource, CaptureReader } from "./capture.ts";
import { FILE, PcapReader, pcapByteOrder } from "./pcap.ts";
import { BLOCK_SECTION, SECTION } from "./pcapng.ts";
import { PcapngReader } from "./pcapng-reader.ts";

export interface OpenOptions {
  /** Name for messages. */
  file?: string;
  /** Bytes read at once, 1 MiB when absent. */
  blockSize?: number;
  /** Memory to read into instead of the reader's own. */
  memory?: ReadMemory;
}

const FIRST_BYTES = 4;
/** What other first bytes look like, little endian, and what to do about it. */
const OTHERS: readonly [number, number, string, string][] = [
  [0xffffffff, 0xfd2fb528, "zstd-compressed data", "Decompress it first: zstd -dc FILE | linkplane replay - ..."],
  [0xffffffff, 0x184d2204, "lz4-compressed data", "Decompress it first: lz4 -dc FILE | linkplane replay - ..."],
  [0xffff, 0x8b1f, "gzip-compressed data", "Open it with gunzipped() from linkplane/node."],
  [0xffffffff, 0x6f6f6e73, "a Solaris snoop file", "Convert it: editcap FILE OUT.pcapng"],
];

/** Opens a capture. Throws CAPTURE_UNREADABLE for an empty or cut file header, CAPTURE_UNKNOWN_FORMAT for anything else. */
export async function openCapture(source: ByteSource, options: OpenOptions = {}): Promise<CaptureReader> {
  const file = options.file ?? "capture";
  const input = new BlockBuffer(source, options.memory ?? ownMemory(options.blockSize ?? BLOCK_SIZE));
  if (!(await input.fill(FIRST_BYTES))) throw cut(file, input);
  const isPcap = pcapByteOrder(input.view) !== undefined;
  const first = input.view.getUint32(0, true);
  if (!isPcap && first !== BLOCK_SECTION) throw unknown(file, first);
  if (!(await input.fill(isPcap ? FILE.size : SECTION.least))) throw cut(file, input);
  return isPcap ? new PcapReader(input, file) : new PcapngReader(input, file);
}

function cut(file: string, { available, failure }: BlockBuffer): LinkplaneError {
  if (available === 0 && failure instanceof LinkplaneError) return failure;
  const reason = failure instanceof Error ? ` (${failure.message})` : "";
  const sentence =
    available === 0
      ? `The capture is empty${reason}.`
      : `The capture ends after ${available} bytes, inside its file header${reason}.`;
  return new LinkplaneError("CAPTURE_UNREADABLE", sentence, {
    where: `${file}: packet 1 at byte 0`,
    remedy: "Check that the file was copied whole.",
    cause: failure,
  });
}

function unknown(file: string, first: number): LinkplaneError {
  const [
    ,
    ,
    name = "no capture that linkplane reads",
    remedy = "Give it a pcap or pcapng file; editcap converts many others.",
  ] = OTHERS.find(([mask, magic]) => (first & mask) >>> 0 === magic) ?? [];
  return new LinkplaneError("CAPTURE_UNKNOWN_FORMAT", `This is ${name}.`, { where: file, remedy });
}
