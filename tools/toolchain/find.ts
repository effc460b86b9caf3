import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Failure } from "../failure.ts";
import { pinnedCli } from "./clis.ts";

export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

export function findOnPath(name: string, path = process.env.PATH ?? ""): string | undefined {
  return path
    .split(delimiter)
    .filter((dir) => dir !== "")
    .map((dir) => join(dir, name))
    .find(isProgram);
}

/**
 * @returns the program that `QUILLON_PULUMI` names, or undefined when it is not set
 * @throws Failure when it names something that can't be run
 */
export function givenPulumi(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const given = env.QUILLON_PULUMI;
  if (!given) return undefined;
  if (isProgram(given)) return given;
  throw new Failure(
    `QUILLON_PULUMI is ${given}, which is not a program. Set it to the path of a pulumi binary, or unset it.`,
  );
}

/**
 * The Pulumi CLI to use: `QUILLON_PULUMI` first. Then the pinned one before the PATH (tests), or the PATH before the pinned
 * one (the demo, with `prefer: "path"`).
 *
 * @returns its path, or undefined when there is none
 * @throws Failure when `QUILLON_PULUMI` names something that can't be run
 */
export function findPulumi({
  prefer = "pinned",
  env = process.env,
}: {
  prefer?: "pinned" | "path";
  env?: NodeJS.ProcessEnv;
} = {}): string | undefined {
  const given = givenPulumi(env);
  if (given) return given;
  const pinned = isProgram(pinnedCli.program) ? pinnedCli.program : undefined;
  const onPath = findOnPath("pulumi", env.PATH);
  return prefer === "pinned" ? (pinned ?? onPath) : (onPath ?? pinned);
}
