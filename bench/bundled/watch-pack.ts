import { readdirSync, readFileSync } from "node:fs";
import { memoryOf } from "../measure/process.ts";

const MILLISECONDS = 20;
const MEBIBYTE = 1024 * 1024;

/** Looks at the processes of a policy pack that are started from now on, however that is. Linux only. */
export function watchPack(): { stop(): number } {
  // Of packs whose engine was killed.
  const others = new Set(packs());
  let most = 0;
  const timer = setInterval(() => {
    const own = packs().filter((pid) => !others.has(pid));
    most = Math.max(
      most,
      own.reduce((sum, pid) => sum + peakOf(pid), 0),
    );
  }, MILLISECONDS);
  return {
    /** @returns the most memory that they had, in MiB. */
    stop() {
      clearInterval(timer);
      return most / MEBIBYTE;
    },
  };
}

function packs(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => isPack(pid))
    .map(Number);
}

function isPack(pid: string): boolean {
  try {
    const [program = "", ...args] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return /(node|python\d?)$/.test(program) && /run-policy-pack|pulumi\.policy|\.python\/launch/.test(args.join(" "));
  } catch {
    return false;
  }
}

function peakOf(pid: number): number {
  try {
    // One that ends has no memory any more.
    return memoryOf(pid).peak || 0;
  } catch {
    return 0;
  }
}
