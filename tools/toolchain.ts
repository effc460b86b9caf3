// npm run toolchain: builds the pinned Pulumi CLI and the programs that it needs into .cache/toolchain. It builds a program
// only when its sources changed, so a second run only computes some hashes.
import { relative } from "node:path";
import { Failure } from "./failure.ts";
import { pinnedCli } from "./toolchain/clis.ts";
import { givenPulumi } from "./toolchain/find.ts";
import { buildOutdated } from "./toolchain/go-build.ts";
import { cacheDir } from "./toolchain/paths.ts";
import { programsToBuild } from "./toolchain/programs.ts";
import { copyLaunchers, linkEchoProvider, linkForOtherClis } from "./toolchain/surroundings.ts";

export function main(args: string[]): void {
  const unknown = args.filter((arg) => arg !== "--all");
  if (unknown.length > 0) {
    throw new Failure(
      `npm run toolchain does not know ${unknown.join(" ")}. It takes -- --all (an older and a newer CLI as well).`,
    );
  }
  const all = args.includes("--all");
  const given = givenPulumi();
  const built = buildOutdated(programsToBuild({ all, given: given !== undefined }));
  linkEchoProvider();
  if (!given || all) copyLaunchers();
  if (all) linkForOtherClis();
  const state = built === 0 ? "up to date" : `${built} built`;
  const place = relative(process.cwd(), cacheDir) || ".";
  console.log(`toolchain: ${state}, in ${place}; the CLI is ${given ?? pinnedCli.program}`);
}
