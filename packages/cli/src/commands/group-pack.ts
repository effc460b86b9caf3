import { Command } from "commander";
import { parsePack } from "../arguments.ts";
import { type GroupOptions, patchGroup, withGroup } from "../group-edit.ts";
import { signInTo } from "../organization.ts";
import { say } from "../output.ts";
import { readPolicyConfig } from "../policy-config.ts";

interface ConfigOption {
  config?: string;
}

/** `quillon group pack set|rm|follow|pin`. */
export function groupPackCommand(): Command {
  const set = withConfig(withGroup(new Command("set")))
    .description("enable a version of a policy pack in a group, in place of any other version and configuration of it")
    .argument("<pack>", "PACK@VERSION; without a version, or with @latest, the newest one at this moment")
    .action(setPack);
  const remove = withGroup(new Command("rm"))
    .description("disable a policy pack in a group, whichever version it has")
    .argument("<pack>")
    .action(removePack);
  const follow = withConfig(withGroup(new Command("follow")))
    .description("give a group each new version of a policy pack as soon as it is published")
    .argument("<pack>")
    .action((group: string, pack: string, options: GroupOptions & ConfigOption) =>
      setFollow(group, pack, true, options),
    );
  const pin = withGroup(new Command("pin"))
    .description("keep the version that a group has of a policy pack that it followed")
    .argument("<pack>")
    .action((group: string, pack: string, options: GroupOptions) => setFollow(group, pack, false, options));
  const commands = [set, remove, follow, pin];
  return commands.reduce((all, one) => all.addCommand(one), new Command("pack").description("policy packs of a group"));
}

function withConfig(command: Command): Command {
  return command.option("--config <file>", "JSON file with the configuration by policy name");
}

async function readConfig({ config }: ConfigOption): Promise<Record<string, unknown> | undefined> {
  return config === undefined ? undefined : readPolicyConfig(config);
}

async function setPack(group: string, text: string, options: GroupOptions & ConfigOption): Promise<void> {
  const config = await readConfig(options);
  const pack = parsePack(text);
  await patchGroup(group, { addPolicyPack: { ...pack, ...(config && { config }) } }, options);
  const version = pack.versionTag ? `${pack.name}@${pack.versionTag}` : `the newest version of ${pack.name}`;
  say(`Policy group ${group} has ${version} now.`);
}

async function removePack(group: string, name: string, options: GroupOptions): Promise<void> {
  await patchGroup(group, { removePolicyPack: { name, versionTag: "" } }, options);
  say(`Policy group ${group} does not have ${name} any more.`);
}

async function setFollow(
  group: string,
  pack: string,
  follow: boolean,
  options: GroupOptions & ConfigOption,
): Promise<void> {
  const config = await readConfig(options);
  const { client, orgName } = await signInTo(options);
  const params = { orgName, policyGroup: group, policyPackName: pack };
  const body = { follow, ...(config && { config }) };
  await client.call("PUT /api/quillon/orgs/{orgName}/policygroups/{policyGroup}/policypacks/{policyPackName}/follow", {
    params,
    body,
  });
  say(`Policy group ${group} ${follow ? `follows ${pack}` : `keeps the version of ${pack} that it has`} now.`);
}
