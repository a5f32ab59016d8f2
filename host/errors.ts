// The one error class people meet. Match on `code`, which is stable; two copies of the package may be loaded at once.

export type ErrorCode =
  | "CONFIG_SYNTAX"
  | "CONFIG_INVALID"
  | "CAPTURE_UNREADABLE"
  | "CAPTURE_UNKNOWN_FORMAT"
  | "CAPTURE_DAMAGED"
  | "OUTPUT_FAILED"
  | "USAGE"
  | "MEMORY_LIMIT"
  | "UNKNOWN_NETWORK"
  | "BAD_PACKET"
  | "WORKER_FAILED"
  | "CHANGE_REFUSED";

const brand = Symbol.for("linkplane.error");

export interface ErrorDetails {
  /** `file:line:col`, or the file with a packet number and byte offset. */
  where?: string;
  /** What the reader can do about it. */
  remedy?: string;
  cause?: unknown;
}

/** An error that says what happened, where and what to do. */
export class LinkplaneError extends Error {
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly remedy: string | undefined;

  constructor(code: ErrorCode, sentence: string, details: ErrorDetails = {}) {
    super(sentence, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "LinkplaneError";
    this.code = code;
    this.where = details.where;
    this.remedy = details.remedy;
    Object.defineProperty(this, brand, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true;
  }

  /** One line: where, what, what to do. */
  format(): string {
    const place = this.where === undefined ? "" : `${this.where}: `;
    const advice = this.remedy === undefined ? "" : ` ${this.remedy}`;
    return `${place}${this.message}${advice}`;
  }
}
