// A mapping of SONiC-DASH after checking.

/** What SONiC-DASH programs for an endpoint, in its terms. IPv4 and IPv6 addresses are text. */
export interface DashMapping {
  plUnderlaySip: string;
  underlayDip: string;
  encapsulation: "nvgre" | "vxlan";
  /** 24 bits; follows from the connection's number when absent. */
  tunnelKey?: number;
  plSip: string;
  plSipMask: string;
  overlaySip: string;
  overlaySipMask: string;
  overlayDip: string;
  overlayDipMask: string;
  outboundPortMap?: {
    /** `2000-2100` or one port. */
    destinationPorts: string;
    /** Absent: the mapping is left as it is. */
    backendIP?: string;
    /** The first of the range when absent. */
    matchPortBase?: number;
    /** The same port when absent. */
    backendPortBase?: number;
  }[];
}
