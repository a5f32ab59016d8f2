// DNS answers that were otherwise than the configuration's resolvers would answer, for people.

import Table from "cli-table3";
import type { WrongAnswer } from "../dns/watch.ts";
import { amount, count } from "./quantity.ts";
import { PLAIN_TABLE } from "./table.ts";

const SHOWN = 12;

/** Text of the list; empty when there is nothing in it. */
export function answersText(answers: readonly WrongAnswer[] = []): string {
  if (answers.length === 0) return "";
  const table = new Table({ head: ["name", "answered", "expected", "answers", "clients", "network"], ...PLAIN_TABLE });
  for (const { name, network, type, answered, expected, answers: times, clients } of answers.slice(0, SHOWN)) {
    const [was, due] = [answered.join(" ") || "no such name", expected.join(" ") || `no ${type} record`];
    table.push([name, was, due, count(times), count(clients.length), network]);
  }
  const more = answers.length > SHOWN ? `\n  and ${amount(answers.length - SHOWN, "more answer")}` : "";
  return `DNS answers other than the configuration's zones give (linkplane resolve says why):\n${table.toString()}${more}`;
}
