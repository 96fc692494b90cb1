import { readFileSync } from "node:fs";

/** Clock ticks in a second, as `/proc` counts them: 100 on every Linux that Node runs on. */
const TICKS = 100;

/** Seconds of CPU that a process has used, its threads with it: utime and stime of proc_pid_stat(5). */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // Behind the name, which may have blanks and brackets in it, the third field is the first.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[14 - 3]) + Number(fields[15 - 3])) / TICKS;
}
