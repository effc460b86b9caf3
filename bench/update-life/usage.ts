import { readFileSync } from "node:fs";

/** What a program has used: seconds of processor time, and bytes that it gave to the disk. */
export interface Usage {
  /** Of the main thread. Of PostgreSQL: all. */
  main: number;
  /** Of the other threads, also of those that have ended. An embedded database is one of them. */
  others: number;
  written: number;
}

export function usageOf(pid: number): Usage {
  const main = secondsOf(`/proc/${pid}/task/${pid}`);
  return { main, others: secondsOf(`/proc/${pid}`) - main, written: writtenBy(pid) };
}

/** Of a PostgreSQL server, whose processes are the children of one. What those had used that have ended is in it. */
export function usageOfPostgres(pid: number): Usage {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
  const all = [pid, ...children];
  const sum = (of: (pid: number) => number) => all.reduce((total, one) => total + of(one), 0);
  return { main: sum((one) => secondsOf(`/proc/${one}`, one === pid)), others: 0, written: sum(writtenBy) };
}

export function between(before: Usage, after: Usage): Usage {
  return {
    main: after.main - before.main,
    others: after.others - before.others,
    written: after.written - before.written,
  };
}

/** @param ended also what its children had used that have ended. */
function secondsOf(folder: string, ended = false): number {
  const stat = readFileSync(`${folder}/stat`, "utf8");
  const fields = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
  return (user + system + (ended ? endedUser + endedSystem : 0)) / 100;
}

function writtenBy(pid: number): number {
  return Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1]);
}
