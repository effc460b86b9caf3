import { fstatSync } from "node:fs";

const LOOK_MILLISECONDS = 1_000;

/**
 * Ends this process when the engine is gone: an engine that is killed does not end its packs. It is gone when the process that
 * started this one is, or when the other end of stdin is closed: with older CLIs a shell script is between the two, and outlives the
 * engine. A pipe that is closed before the engine has asked anything was not the engine's.
 *
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/nodejs/dist/pulumi-analyzer-policy
 */
export function endWithEngine(): { wasAsked(): void } {
  let asked = false;
  const parent = process.ppid;
  const end = () => process.exit(0);
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, LOOK_MILLISECONDS).unref();
  if (isPipe()) {
    const closed = () => asked && end();
    process.stdin.on("end", closed).on("error", closed).resume().unref();
  }
  return {
    wasAsked: () => {
      asked = true;
    },
  };
}

function isPipe(): boolean {
  try {
    const stdin = fstatSync(0);
    return stdin.isFIFO() || stdin.isSocket();
  } catch {
    return false;
  }
}
