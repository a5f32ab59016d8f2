// The numbers both sides share, as the host, the tests and the benchmarks read them: the core's files in one place.

export * from "../assembly/abi.ts";
export * from "../assembly/abi/records.ts";
export * from "../assembly/abi/tables.ts";
export * from "../assembly/abi/trace.ts";
