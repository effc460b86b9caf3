import type { ExceptionRequest, Report } from "@quillon/contract";
import { ApiError, type Client } from "@quillon/contract/client";
import { Command, Option } from "commander";
import { parseFinding, repeated } from "../arguments.ts";
import { checkRun, findRun, type RunOptions } from "../exception-run.ts";
import {
  type PartialWish,
  type Violation,
  violationsOf,
  whyNothing,
  wishOfDocument,
  wishOfViolations,
  withMore,
} from "../exception-wish.ts";
import { parseHours } from "../expiry.ts";
import { matchText } from "../match-text.ts";
import { signInTo, withOrg } from "../organization.ts";
import { asJson, confirm, type OutputOption, say, wantsJson, withOutput } from "../output.ts";
import { readDocument } from "../read-document.ts";
import { readText } from "../read-text.ts";
import { inOrg, STACK, type StackName, stacksIn } from "../stack-name.ts";
import { nextStep, submit } from "./exception-request.ts";

interface Options extends OutputOption, RunOptions {
  org?: string;
  fromFinding?: string[];
  stack?: string[];
  policy?: string[];
  target?: string[];
  level?: string[];
  file?: string;
  reason?: string;
  expiresIn?: string;
  dryRun?: true;
  draft?: true;
  yes?: true;
}

const HELP = `
Where the organization requires approval, a change request is made and submitted instead. Who is no policy manager
asks with --draft: a policy manager or an admin approves it.`;

/** `quillon policy exception new`, with the words of the Pulumi CLI, and `--from-finding`. */
export function newExceptionCommand(): Command {
  return withOrg(withOutput(new Command("new").alias("create")))
    .description("let violations stay: those of a finding, or those of a stack's last update or preview")
    .argument("[policy-pack]", "PACK or ORG/PACK; needed when the violations are of several")
    .addOption(
      repeated("--from-finding <id>", "from this finding: its pack, policy and resource").conflicts([
        "stack",
        "update",
        "preview",
        "level",
      ]),
    )
    .addOption(repeated("-s, --stack <stack>", `${STACK}: from the violations of its last run`))
    .addOption(
      new Option("--update [version]", "of this update, as --update=12, or of the newest").conflicts("preview"),
    )
    .option("--preview [id]", "of this preview, as --preview=ID, or of the newest since the newest update")
    .addOption(repeated("--policy <policy>", "only violations of this policy; with --from-finding, this policy too"))
    .addOption(repeated("--target <urn>", "only violations of this resource; with --from-finding, this resource too"))
    .addOption(
      repeated("--level <level>", "violations of this level: mandatory (unless given), advisory, remediate or all"),
    )
    .addOption(
      new Option("--file <file>", "from this JSON or YAML file, or standard input with -").conflicts([
        "fromFinding",
        "stack",
        "update",
        "preview",
        "policy",
        "target",
        "level",
      ]),
    )
    .option("--reason <text>", "why it is safe; needed unless the file has one")
    .option("--expires-in <time>", "how long: 12h, 30d or 4w; otherwise it has no end")
    .option("--dry-run", "show the violations and the exception, and make nothing")
    .option("--draft", "ask for it in a change request, even where no approval is required")
    .option("-y, --yes", "ask nothing")
    .addHelpText("after", HELP)
    .action(newException);
}

async function newException(packText: string | undefined, options: Options): Promise<void> {
  checkRun(options);
  const [pack, owner] = packText?.split("/").reverse() ?? [];
  const { stacks, ...named } = stacksIn(options.stack ?? [], { org: owner ?? options.org });
  const { client, orgName } = await signInTo(named);
  const { violations, ...source } = await readSource(client, { orgName, stacks }, pack, options);
  const wish = completed(source, pack, options);
  const told = { organizationName: orgName, violations, exception: wish };
  if (options.dryRun) {
    print(
      options,
      { ...told, dryRun: true },
      `Would make this exception of policy pack ${wish.policyPack}:${matchText(wish.match)}`,
    );
    return;
  }
  say(`An exception of policy pack ${wish.policyPack}, because: ${wish.reason}${matchText(wish.match)}`);
  await confirm(options.yes, "Let these violations through?");
  const made = options.draft ? undefined : await makeUnlessApproval(client, orgName, wish);
  if (made) {
    const { id, expiresAt } = made;
    const until = expiresAt ? `, until ${expiresAt}` : "";
    print(
      options,
      { ...told, id, ...(expiresAt && { expiresAt }) },
      `Policy exception ${id} is in effect from the next update or preview on${until}.`,
    );
    return;
  }
  const { changeRequestId, changeRequestStatus, next } = await askFor(client, orgName, wish);
  const why = options.draft ? "" : `Organization ${orgName} requires approval, so nothing is let through yet. `;
  print(options, { ...told, changeRequestId, changeRequestStatus }, `${why}${next}`);
}

function print(options: Options, result: object, sentence: string): void {
  if (wantsJson(options).json) process.stdout.write(asJson(result));
  say(sentence);
}

/** What must be remediated and was not is reported as mandatory, so `remediate` finds nothing by itself. The Pulumi CLI takes it, too. */
const LEVELS = ["mandatory", "advisory", "remediate", "all"];

type Source = PartialWish & { violations: Pick<Violation, "project" | "stack" | "pack" | "policy" | "urn">[] };

async function readSource(
  client: Client,
  { orgName, stacks }: { orgName: string; stacks: readonly StackName[] },
  pack: string | undefined,
  options: Options,
): Promise<Source> {
  const { file, fromFinding = [], policy: policies = [], target: targets = [], level = ["mandatory"] } = options;
  if (file !== undefined) {
    const sent = await readDocument("The file", await readText("--file", file));
    return { ...wishOfDocument(sent, options.expiresIn !== undefined), violations: [] };
  }
  if (fromFinding.length > 0) {
    const violations = await Promise.all(fromFinding.map((id) => readFinding(client, orgName, id)));
    return { ...withMore(wishOfViolations(violations), policies, targets), violations };
  }
  if (stacks.length === 0)
    throw new Error("Name what may stay: --from-finding ID, --stack PROJECT/STACK, or --file FILE.");
  const levels = level.map((one) => one.toLowerCase());
  const unknown = levels.find((one) => !LEVELS.includes(one));
  if (unknown !== undefined) throw new Error(`--level can't be "${unknown}": write ${LEVELS.join(", ")}.`);
  const wanted = { pack, policies, targets, levels };
  const reports: Report[] = [];
  for (const stack of stacks) {
    const of = { orgName, ...stack };
    const report = await client.call(
      "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/results",
      { params: { ...of, updateID: await findRun(client, of, options) } },
    );
    if (report.leftOut > 0)
      say(`Of the results of ${inOrg(stack)}, ${report.leftOut} are not listed and not looked at.`);
    reports.push(report);
  }
  const violations = reports.flatMap((report) => violationsOf(report, wanted));
  const runs = `the ${options.update || options.preview ? "run" : "last run"} of ${stacks.map(inOrg).join(", ")}`;
  if (violations.length === 0) throw new Error(whyNothing(runs, reports, wanted));
  return { ...wishOfViolations(violations), violations };
}

async function readFinding(client: Client, orgName: string, id: string): Promise<Source["violations"][number]> {
  const params = { orgName, issueId: parseFinding(id) };
  const { policyIssue: finding } = await client.call("GET /api/orgs/{orgName}/policy/findings/{issueId}", { params });
  return {
    project: finding.entityProject,
    stack: finding.entityId,
    pack: finding.policyPack,
    policy: finding.policyName,
    urn: finding.resourceURN,
  };
}

/** @throws Error that says what is missing. */
function completed(source: PartialWish, pack: string | undefined, options: Options): ExceptionRequest {
  const policyPack = pack ?? source.policyPack;
  const reason = options.reason ?? source.reason;
  const { expiresIn } = options;
  const seconds = expiresIn === undefined ? source.expiresInSeconds : parseHours("--expires-in", expiresIn) * 3600;
  if (!policyPack) throw new Error("The file has no policyPack: name the policy pack.");
  if (source.policyPack !== undefined && policyPack !== source.policyPack)
    throw new Error(
      `The ${options.file === undefined ? "finding" : "file"} is of policy pack ${source.policyPack}, not of ${policyPack}.`,
    );
  if (!reason && !options.dryRun) throw new Error("Say why it is safe, with --reason.");
  return {
    policyPack,
    match: source.match,
    reason: reason ?? "",
    ...(seconds !== undefined && { expiresInSeconds: seconds }),
  };
}

/** @returns undefined where somebody else must agree. */
async function makeUnlessApproval(client: Client, orgName: string, body: ExceptionRequest) {
  try {
    return await client.call("POST /api/orgs/{orgName}/policy/exceptions", { params: { orgName }, body });
  } catch (error) {
    if (error instanceof ApiError && error.id === "exception_needs_approval") return undefined;
    throw error;
  }
}

async function askFor(client: Client, orgName: string, body: ExceptionRequest) {
  const drafts = "POST /api/orgs/{orgName}/policy/exceptions/drafts";
  const { changeRequestId } = await client.call(drafts, { params: { orgName }, body });
  const params = { orgName, changeRequestId };
  const read = () => client.call("GET /api/change-requests/{orgName}/{changeRequestId}", { params });
  // The same request again finds the one that there is.
  if ((await read()).status === "draft") await submit(client, params, body.reason);
  const { status: changeRequestStatus } = await read();
  return { changeRequestId, changeRequestStatus, next: await nextStep(client, params) };
}
