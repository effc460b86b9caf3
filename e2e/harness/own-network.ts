import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";

/** An empty network namespace takes a Linux, and the right to make one. */
export const hasNamespaces = () => spawnSync("unshare", ["--net", "true"]).status === 0;

/** A network of its own, in which every port is free. @returns what starts a program in it. */
export async function ownNetwork(): Promise<{ starter: string[]; close(): void }> {
  const keeper = spawn("unshare", ["--net", "sh", "-c", "ip link set lo up && echo ready && exec cat"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [ready] = await Promise.race([once(keeper.stdout, "data"), once(keeper, "close")]);
  if (!String(ready).includes("ready")) throw new Error(`There is no network namespace: ${ready}`);
  return {
    starter: ["nsenter", "--target", String(keeper.pid), "--net"],
    close: () => void keeper.kill("SIGKILL"),
  };
}
