// What a file of expectations says, once it is read.

/** What must become of every flow that the other fields describe; what is absent is any. */
export interface Expectation {
  verdict: "allowed" | "denied";
  /** Client's address, or a block of them. */
  client?: string | undefined;
  /** Virtual network of the endpoint. */
  network?: string | undefined;
  /** Name of the endpoint. */
  endpoint?: string | undefined;
  /** Port of the endpoint. */
  port?: number | undefined;
  protocol?: "tcp" | "udp" | undefined;
  /** Host name that the flow asks for. */
  name?: string | undefined;
  /** Reason of the verdict, as in docs/reasons.md. */
  reason?: string | undefined;
  /** It holds too when no flow of the capture is described. */
  optional: boolean;
}
