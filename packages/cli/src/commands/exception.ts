import type { Api, ReplyOf } from "@quillon/contract";
import { ApiError } from "@quillon/contract/client";
import { Command, Option } from "commander";
import { repeated } from "../arguments.ts";
import { parseHours } from "../expiry.ts";
import { matchText } from "../match-text.ts";
import { olderClisTextOf } from "../older-clis-text.ts";
import { signInTo, withOrg } from "../organization.ts";
import { asJson, confirm, type OutputOption, printFacts, printTable, say, wantsJson, withOutput } from "../output.ts";
import { readPages } from "../pages.ts";
import { inOrg, STACK, stackIn } from "../stack-name.ts";
import { newExceptionCommand } from "./exception-new.ts";
import { exceptionRequestCommand } from "./exception-request.ts";
import { exceptionRuleCommand } from "./exception-rule.ts";

const LIST = "GET /api/quillon/orgs/{orgName}/exceptions";
type Listed = ReplyOf<Api[typeof LIST]>["exceptions"][number];

type Approval = NonNullable<ReplyOf<Api["GET /api/orgs/{orgName}/policy/exceptions/{exceptionId}"]>["changeRequest"]>;

interface Options extends OutputOption {
  org?: string;
}

interface ListOptions extends Options {
  policy?: string;
  stack?: string;
  status?: ("active" | "removed")[];
  sort: "newest" | "oldest" | "ending";
  endingWithin?: string;
  unusedFor?: string;
}

/** `quillon policy exception list|get|new|remove|request|rule`. The first four have the words of the Pulumi CLI. */
export function exceptionCommand(): Command {
  const list = withOrg(withOutput(new Command("list").alias("ls")))
    .description("list the policy exceptions for stacks that you may read")
    .argument("[policy-pack]", "only of this policy pack")
    .option("--policy <policy>", "only those that name this policy")
    .option("--stack <stack>", `only those with a target in this stack: ${STACK}`)
    .addOption(repeated("--status <status>", "only with this status, active unless it is given"))
    .addOption(
      new Option("--sort <order>", "by age, or those that end first")
        .choices(["newest", "oldest", "ending"])
        .default("newest"),
    )
    .option("--ending-within <time>", "only those that end within 12h, 7d or 4w")
    .option("--unused-for <time>", "only those that no update or preview needed for 30d, and that are as old")
    .action(listExceptions);
  const get = withOrg(withOutput(new Command("get").alias("show")))
    .description("show a policy exception")
    .argument("<exception-id>", "such as EXC-12")
    .action(showException);
  const remove = withOrg(withOutput(new Command("remove").aliases(["rm", "delete"])))
    .description("remove a policy exception, so that what it let through fails the next run again")
    .argument("<exception-id>", "such as EXC-12")
    .option("-y, --yes", "ask nothing")
    .action(removeException);
  const commands = [list, get, newExceptionCommand(), remove, exceptionRequestCommand(), exceptionRuleCommand()];
  const exception = new Command("exception").description("violations that may stay, for a reason and for a time");
  return commands.reduce((all, one) => all.addCommand(one), exception);
}

async function listExceptions(policyPack: string | undefined, options: ListOptions): Promise<void> {
  const { policy, status, sort: order, endingWithin, unusedFor } = options;
  const { stack, ...named } = stackIn(options.stack, options);
  const query = {
    ...(policyPack && { policyPack }),
    ...(policy && { policy }),
    ...(stack && { stack: inOrg(stack) }),
    ...(status && { status }),
    ...(endingWithin !== undefined && { endingWithinHours: parseHours("--ending-within", endingWithin) }),
    ...(unusedFor !== undefined && { unusedForHours: parseHours("--unused-for", unusedFor) }),
    order,
  };
  const { client, orgName } = await signInTo(named);
  const exceptions = await readPages(async (continuationToken) => {
    const from = continuationToken ? { continuationToken } : {};
    const page = await client.call(LIST, { params: { orgName }, query: { ...query, ...from } });
    return { items: page.exceptions, continuationToken: page.continuationToken };
  });
  // The Pulumi CLI prints an object.
  if (wantsJson(options).json) process.stdout.write(asJson({ exceptions }));
  else printTable({}, exceptions, HEADINGS, rowOf);
}

const HEADINGS = ["ID", "PACK", "STATUS", "POLICIES", "TARGETS", "REASON", "SINCE", "EXPIRES", "LAST NEEDED"];
/** In characters. */
const SHOWN = 50;

function rowOf({ id, policyPack, status, match, reason, createdAt, expiresAt, lastNeededAt }: Listed): string[] {
  const line = reason.replace(/\s+/g, " ");
  return [
    id,
    policyPack,
    status,
    [...new Set(match.flatMap(({ policies }) => policies))].join(", "),
    String(new Set(match.flatMap(({ targets }) => targets)).size),
    line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line,
    createdAt.slice(0, 10),
    expiresAt ?? "never",
    lastNeededAt ?? "never",
  ];
}

async function showException(exceptionId: string, options: Options): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const params = { orgName, exceptionId };
  const exception = await client.call("GET /api/orgs/{orgName}/policy/exceptions/{exceptionId}", { params });
  const { match, createdBy, createdAt, removedBy, removedAt, changeRequest, lastNeededAt } = exception;
  const by = (person: { githubLogin: string } | undefined) => (person ? ` by ${person.githubLogin}` : "");
  printFacts(wantsJson(options), exception, {
    Exception: exception.id,
    "Policy pack": exception.policyPack,
    Status: exception.status,
    Reason: exception.reason,
    Created: `${createdAt}${by(createdBy)}`,
    Expires: exception.expiresAt ?? "never",
    [removedAt === exception.expiresAt ? "Ended" : "Removed"]: removedAt && `${removedAt}${by(removedBy)}`,
    "Change request": exception.changeRequestId,
    Asked: changeRequest?.createdAt && `${changeRequest.createdAt}${by(createdBy)}`,
    Approved: changeRequest?.approvedAt && saidOf(changeRequest),
    "Last needed": lastNeededAt ?? "never",
    "Under CLIs before 3.274": exception.underOlderClis && olderClisTextOf(exception.underOlderClis),
    "Lets through": matchText(match),
  });
}

function saidOf({ approvedAt, approvedBy, approvalComment }: Partial<Approval>): string {
  return `${approvedAt}${approvedBy ? ` by ${approvedBy.githubLogin}` : ""}${approvalComment ? `: ${approvalComment}` : ""}`;
}

async function removeException(exceptionId: string, options: Options & { yes?: true }): Promise<void> {
  const { client, orgName } = await signInTo(options);
  await confirm(options.yes, `Remove ${exceptionId}, so that what it let through fails again?`);
  const params = { orgName, exceptionId };
  try {
    await client.call("DELETE /api/orgs/{orgName}/policy/exceptions/{exceptionId}", { params });
    say(`Removed policy exception ${exceptionId}. What it let through fails the next update or preview again.`);
  } catch (error) {
    // Nothing is left to do, so scripts go on, as with the Pulumi CLI.
    if (!(error instanceof ApiError && error.id === "exception_removed")) throw error;
    say(error.message);
  }
  if (wantsJson(options).json) process.stdout.write(asJson({ organizationName: orgName, id: exceptionId }));
}
