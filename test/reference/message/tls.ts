// ClientHello and what follows it.
import {
  AMBIGUOUS,
  against,
  MESSAGE_MOST,
  MORE,
  numberAt,
  type Outcome,
  OVER,
  TOO_LONG,
  UNEXPECTED,
} from "./outcome.ts";

const RECORD_HEADER = 5;
const RECORD_MOST = 16_384;
const HANDSHAKE = 22;
const CHANGE_CIPHER_SPEC = 20;
const APPLICATION_DATA = 23;
const CLIENT_HELLO = 1;
const HANDSHAKE_HEADER = 4;
const VERSION_AND_RANDOM = 34;
const SERVER_NAME = 0;
const EARLY_DATA = 42;
const ENCRYPTED = [0xfe0d, 0xffce];

/** A ClientHello in its records. */
export function readHello(bytes: Uint8Array): Outcome {
  const message: number[] = [];
  let at = 0;
  for (;;) {
    const fault = recordFault(bytes.subarray(at));
    if (fault !== undefined) return fault;
    const size = numberAt(bytes, at + 3, 2);
    const body = bytes.subarray(at + RECORD_HEADER, at + RECORD_HEADER + size);
    for (const byte of body) message.push(byte);
    if (message.length > 0 && message[0] !== CLIENT_HELLO) return UNEXPECTED;
    const whole = message.length >= HANDSHAKE_HEADER ? wholeLength(message) : undefined;
    if (whole !== undefined && whole > MESSAGE_MOST) return TOO_LONG;
    if (whole !== undefined && message.length > whole) return UNEXPECTED;
    if (body.length < size) return MORE;
    at += RECORD_HEADER + size;
    if (message.length === whole) return readBody(Uint8Array.from(message.slice(HANDSHAKE_HEADER)), at);
  }
}

const wholeLength = (message: number[]): number =>
  HANDSHAKE_HEADER + numberAt(Uint8Array.from(message.slice(1, 4)), 0, 3);

/** What is wrong with or missing from the header of a record. */
function recordFault(bytes: Uint8Array): Outcome | undefined {
  if (bytes.length > 0 && bytes[0] !== HANDSHAKE) return UNEXPECTED;
  if (bytes.length > 1 && bytes[1] !== 3) return UNEXPECTED;
  if (bytes.length < RECORD_HEADER) return MORE;
  const size = numberAt(bytes, 3, 2);
  return size >= 1 && size <= RECORD_MOST ? undefined : UNEXPECTED;
}

/** Behind a ClientHello that was let through. */
export function readAfter(bytes: Uint8Array, early: boolean): Outcome {
  const [type] = bytes;
  if (type === CHANGE_CIPHER_SPEC || (type === APPLICATION_DATA && early)) {
    if (bytes.length < RECORD_HEADER) return MORE;
    const size = RECORD_HEADER + numberAt(bytes, 3, 2);
    return bytes.length < size ? MORE : { kind: "preface", size };
  }
  if (type !== HANDSHAKE) return OVER;
  if (bytes.length <= RECORD_HEADER) return MORE;
  return bytes[RECORD_HEADER] === CLIENT_HELLO ? readHello(bytes) : OVER;
}

/** Cuts vectors off bytes; throws what a message that does not fit comes to. */
class Cutter {
  private rest: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.rest = bytes;
  }

  get empty(): boolean {
    return this.rest.length === 0;
  }

  bytes(count: number): Uint8Array {
    if (count > this.rest.length) throw new Misfit();
    const cut = this.rest.subarray(0, count);
    this.rest = this.rest.subarray(count);
    return cut;
  }

  number(size: number): number {
    return numberAt(this.bytes(size), 0, size);
  }

  vector(size: number): Uint8Array {
    return this.bytes(this.number(size));
  }
}

class Misfit extends Error {}
class Twice extends Error {}

function readBody(body: Uint8Array, size: number): Outcome {
  try {
    return { kind: "named", size, ...offered(new Cutter(body)) };
  } catch (error) {
    if (error instanceof Misfit) return UNEXPECTED;
    if (error instanceof Twice) return AMBIGUOUS;
    return against(String(error));
  }
}

function offered(hello: Cutter): { name?: Uint8Array | undefined; encrypted: boolean; early: boolean } {
  const found: { name?: Uint8Array | undefined; encrypted: boolean; early: boolean } = {
    encrypted: false,
    early: false,
  };
  hello.bytes(VERSION_AND_RANDOM);
  hello.vector(1);
  hello.vector(2);
  hello.vector(1);
  if (hello.empty) return found;
  const extensions = new Cutter(hello.vector(2));
  if (!hello.empty) throw new Misfit();
  let named = false;
  while (!extensions.empty) {
    const type = extensions.number(2);
    const data = extensions.vector(2);
    if (type === SERVER_NAME) {
      if (named) throw new Twice();
      named = true;
      found.name = hostName(new Cutter(data));
    }
    if (type === EARLY_DATA) found.early = true;
    if (ENCRYPTED.includes(type)) found.encrypted = true;
  }
  return found;
}

function hostName(data: Cutter): Uint8Array | undefined {
  const list = new Cutter(data.vector(2));
  if (!data.empty) throw new Misfit();
  let name: Uint8Array | undefined;
  while (!list.empty) {
    const type = list.number(1);
    const bytes = list.vector(2);
    if (type !== 0) continue;
    if (name !== undefined) throw new Twice();
    name = bytes;
  }
  return name;
}
