import type { Api, ReplyOf } from "@quillon/contract";
import { visible } from "@quillon/report/visible";
import { Command } from "commander";
import { signInTo, withOrg } from "../organization.ts";
import { type JsonOption, printTable, withJson } from "../output.ts";

const HEALTH = "GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/health";
type Version = ReplyOf<Api[typeof HEALTH]>["versions"][number];

/** `quillon pack health`. */
export function packCommand(): Command {
  const health = withOrg(withJson(new Command("health")))
    .description("list which versions of a policy pack made updates and previews fail, and when to revert to which")
    .argument("<pack>", "PACK or ORG/PACK")
    .action(showHealth);
  return new Command("pack").addCommand(health);
}

async function showHealth(text: string, options: JsonOption & { org?: string }): Promise<void> {
  const [policyPackName = "", org] = text.split("/").reverse();
  const { client, orgName } = await signInTo(org ? { org } : options);
  const { versions } = await client.call(HEALTH, { params: { orgName, policyPackName } });
  printTable(options, versions, ["VERSION", "POLICY GROUPS", "RUNS", "FAILED", "FAILING STACKS", "FAILED LAST"], rowOf);
  if (options.json) return;
  process.stdout.write(visible(versions.map(explain).join("")));
}

/** Why stacks fail because of a version, and how to revert. */
function explain({ versionTag, failures, revert }: Version): string {
  const failing = failures.filter((failure) => failure.failing).map((failure) => describe(versionTag, failure));
  const reverting = revert
    ? [[revert.reason, "To revert:", ...revert.commands.map((line) => `    ${line}`)].join("\n")]
    : [];
  return [...failing, ...reverting].map((paragraph) => `\n${paragraph}\n`).join("");
}

function rowOf({ versionTag, policyGroups, runs, failedRuns, failingStacks, failedAt }: Version): string[] {
  return [versionTag, policyGroups.join(", "), String(runs), String(failedRuns), String(failingStacks), failedAt ?? ""];
}

const stages = {
  install: "be downloaded or installed",
  load: "be loaded",
  configure: "be configured",
  run: "run its policies",
};

function describe(tag: string, failure: Version["failures"][number]): string {
  const { project, stack, updateID, dryRun, stage, message, certain, failedAt } = failure;
  const what = `Version ${tag} could not ${stages[stage]}${certain ? "" : ", as it seems,"}`;
  const run = `${dryRun ? "preview" : "update"} ${updateID} of ${project}/${stack}`;
  return `${what} in ${run}, ${failedAt}:\n${message.replace(/^/gm, "    ")}`;
}
