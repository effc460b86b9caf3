import type { Files } from "../artifact.ts";
import type { Target } from "./targets.ts";

/** In markers of requirements, what is true on no such machine. On Windows a processor may run Pythons for another one. */
const NOT: Record<string, string> = {
  "linux-x86_64": 'sys_platform != "linux" or platform_machine != "x86_64"',
  "linux-aarch64": 'sys_platform != "linux" or platform_machine != "aarch64"',
  "macos-arm64": 'sys_platform != "darwin" or platform_machine != "arm64"',
  "macos-x86_64": 'sys_platform != "darwin" or platform_machine != "x86_64"',
  "windows-x86_64": 'sys_platform != "win32"',
};

/**
 * Files of a virtual environment by which pip refuses, with a message that says why, to fill it on a machine that the pack is not for. They are a
 * requirement of other machines that no pip can install: its file's name is the message. pip refuses that before it looks for anything, and would
 * otherwise look in vain for the first package that is not there, such as setuptools.
 *
 * @returns their content by path, and the file that pip's configuration names.
 */
export function refusalElsewhere(folder: string, targets: readonly Target[]): { requirement: string; files: Files } {
  const [versions, platforms] = [unique(targets, "python"), unique(targets, "platform")];
  const name = `this policy pack is for Python ${versions.join(" or ")} on ${platforms.join(" or ")}`;
  const wheel = `${folder}/${name.replace(/[^\w.]/g, "_")}-1-no-other-machine.whl`;
  const isOther = [
    versions.map((version) => `python_version != "${version}"`).join(" and "),
    platforms.map((platform) => `(${NOT[platform]})`).join(" and "),
  ];
  const requirement = `${folder}/other-machines.txt`;
  return {
    requirement,
    files: new Map([
      [requirement, `./${wheel} ; ${isOther.map((marker) => `(${marker})`).join(" or ")}\n`],
      // pip warns of a file that is not there, and does not open it.
      [wheel, ""],
    ]),
  };
}

function unique(targets: readonly Target[], key: keyof Target): string[] {
  return [...new Set(targets.map((target) => target[key]))];
}
