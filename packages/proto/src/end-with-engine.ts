import { Socket } from "node:net";

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
  const { stdin } = process;
  // Its kind is not asked of `fstat`: after an answer of "pipe", Node.js 20 no longer resolves links to modules.
  if (stdin instanceof Socket && !stdin.isTTY) {
    const closed = () => asked && end();
    stdin.on("end", closed).on("error", closed).resume().unref();
  }
  return {
    wasAsked: () => {
      asked = true;
    },
  };
}
