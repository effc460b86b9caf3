import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { Files } from "../artifact.ts";
import type { PythonPack } from "./pack.ts";

/** The folder of the virtual environment where the pack is enforced. It is the one that the CLI takes by default. */
export const VENV = "venv";
const WHEELS = "wheels";

/** pip reads it in the virtual environment that is being filled, whatever the machine's own configuration: https://pip.pypa.io/en/stable/topics/configuration/#location */
const PIP_CONFIG = `[global]
no-index = true
find-links = ./${WHEELS}
disable-pip-version-check = true
`;

/**
 * The files of a pack whose virtual environment is made without a network. The CLI makes it around the configuration that is there already,
 * and calls pip in the pack's folder.
 */
export function pythonLayout(
  { directory }: PythonPack,
  published: Files,
  wheels: Files,
): Map<string, Uint8Array | string> {
  return new Map<string, Uint8Array | string>([
    ...published,
    ["PulumiPolicy.yaml", projectFile(directory)],
    [`${VENV}/pip.conf`, PIP_CONFIG],
    // On Windows.
    [`${VENV}/pip.ini`, PIP_CONFIG],
    ...[...wheels].map(([name, content]) => [`${WHEELS}/${name}`, content] as const),
  ]);
}

function projectFile(directory: string): string {
  const document = parseDocument(readFileSync(join(directory, "PulumiPolicy.yaml"), "utf8"));
  document.set("runtime", { name: "python", options: { toolchain: "pip", virtualenv: VENV } });
  return String(document);
}
