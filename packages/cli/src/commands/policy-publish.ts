import { Command } from "commander";
import { signInTo, withSignIn } from "../organization.ts";
import { requirePackFolder } from "../pack-folder.ts";
import { makePack, requireMayPublish, uploadPack } from "../publish-pack.ts";

interface Options {
  bundle: boolean;
  requireBundled?: true;
  python?: string[];
  platform?: string[];
  keepSdk?: true;
  venv: boolean;
}

/** `quillon policy publish`. */
export function publishCommand(): Command {
  return withSignIn(new Command("publish"))
    .description("publish the policy pack in this folder as one bundle, which needs no installing where it is enforced")
    .argument("[org]", "the organization (default: your default one)")
    .option("--no-bundle", "publish the pack as it is, as pulumi policy publish does")
    .option("--keep-sdk", "keep the pack's own @pulumi/policy in the bundle, instead of @quillon/policy")
    .option("--require-bundled", "fail when the pack can't be bundled, instead of publishing it as it is")
    .option(
      "--python <versions>",
      "for a pack in Python: the versions that it is for, such as 3.11,3.12 (default: yours)",
      listed,
    )
    .option(
      "--platform <names>",
      "for a pack in Python: the platforms, such as linux-x86_64,macos-arm64 (default: yours)",
      listed,
    )
    .option(
      "--no-venv",
      "for a pack in Python: start it by Node.js, which clients then need beside Python, instead of in a virtual environment, which takes seconds to make",
    )
    .action(publish);
}

function listed(text: string): string[] {
  return text.split(",").map((one) => one.trim());
}

async function publish(org: string | undefined, options: Options): Promise<void> {
  const directory = requirePackFolder(process.cwd());
  const place = await signInTo(org ? { org } : {});
  await requireMayPublish(place);
  const made = await makePack(place, { ...options, directory });
  const { publishMetadata } = await import("../publish-metadata.ts");
  await uploadPack(place, made, await publishMetadata(directory));
}
