// Memory that begins on a page. That of an ordinary ArrayBuffer begins 16 bytes behind one, so that a record of 64 bytes lies on two
// lines of the cache, which costs a plane up to two thirds of its rate; only WebAssembly's memory, used as a buffer here, does not.

const PAGE = 65_536;

export function alignedBuffer(bytes: number): ArrayBuffer {
  return new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) }).buffer as ArrayBuffer;
}
