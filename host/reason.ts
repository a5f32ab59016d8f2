// A verdict reason, as people read it.

export type Verdict = "forward" | "drop" | "pass" | "held";

export interface Reason {
  /** Stable name, as in JSON and in packet comments. */
  name: string;
  /** The verdict that carries it. */
  verdict: Verdict;
  /** What happened. */
  sentence: string;
  /** What a person can change about it. */
  remedy: string;
}

export const row = (name: string, verdict: Verdict, sentence: string, remedy = ""): Reason => ({
  name,
  verdict,
  sentence,
  remedy,
});
