import type { Api, BodyOf, ReplyOf } from "@quillon/contract";
import { count, exceptionText } from "@quillon/report";
import { Command, Option } from "commander";
import { parseCount, parseFinding } from "../arguments.ts";
import { findingStatuses, priorities, severities, triageStatuses } from "../choices.ts";
import { parseExpiry } from "../expiry.ts";
import { isObject } from "../is-object.ts";
import { signInTo, withOrg } from "../organization.ts";
import { type JsonOption, printFacts, printTable, say, withJson } from "../output.ts";
import { readPages } from "../pages.ts";
import { inOrg, STACK, type StackName, stackIn } from "../stack-name.ts";
import { findingRuleCommand } from "./finding-rule.ts";

const LIST = "POST /api/orgs/{orgName}/policy/findings";
const ONE = "GET /api/orgs/{orgName}/policy/findings/{issueId}";
const GROUPS = "GET /api/quillon/orgs/{orgName}/finding-groups";
const TRIAGE = "POST /api/quillon/orgs/{orgName}/findings/triage";
const EDIT = "PATCH /api/orgs/{orgName}/policy/findings/{issueId}";

type Prediction = ReplyOf<Api["GET /api/quillon/orgs/{orgName}/predictions"]>["predictions"][number];

interface Listed extends JsonOption {
  org?: string;
  closed?: true;
  overdue?: true;
  stack?: string;
  status?: string;
  severity?: string;
  pack?: string;
  groupBy?: "resource";
  limit: string;
}

interface Edited {
  org?: string;
  status?: "open" | "in_progress" | "ignored" | "by_design";
  reason?: string;
  until?: string;
  priority?: BodyOf<Api[typeof EDIT]>["priority"];
  assignee?: string;
  unassign?: true;
  comment?: string;
}

/** `quillon finding ls|show|edit|predicted|rule`. */
export function findingCommand(): Command {
  const list = withOrg(withJson(new Command("ls")))
    .description("list what policies found in deployed resources, the last changed first")
    .option("--closed", "those that ended, instead of those that did not")
    .addOption(
      new Option(
        "--overdue",
        "only those open for longer than the organization allows (quillon finding rule)",
      ).conflicts("closed"),
    )
    .option("--stack <stack>", `only of this stack: ${STACK}`)
    .addOption(
      new Option(
        "--status <status>",
        "only with this status; fixed and excepted ones have ended: add --closed",
      ).choices(findingStatuses),
    )
    .addOption(new Option("--severity <severity>", "only with this severity").choices(severities))
    .option("--pack <name>", "only of this policy pack")
    .addOption(
      new Option(
        "--group-by <what>",
        "one line for all stacks of a project in which it violates the policy, the worst first",
      ).choices(["resource"]),
    )
    .option("--limit <n>", "at most so many", "100")
    .action((options: Listed) => (options.groupBy ? listGroups(options) : listFindings(options)));
  const show = withOrg(withJson(new Command("show")))
    .description("show a finding")
    .argument("<id>")
    .action(showFinding);
  const edit = withOrg(new Command("edit"))
    .description(
      "triage a finding, or up to 1,000 in the same way; this changes what is reported, never what is enforced",
    )
    .argument("<id...>")
    .addOption(
      new Option("--status <status>", "ignored and by_design need a reason and an end").choices(triageStatuses),
    )
    .option("--reason <text>", "why it may stay")
    .option("--until <when>", "when it is opened again: 90d, 12h or 4w from now, or a day such as 2030-01-31 (UTC)")
    .addOption(new Option("--priority <priority>", "how soon it is to be mended").choices(priorities))
    .addOption(new Option("--assignee <login>", "who mends it").conflicts("unassign"))
    .option("--unassign", "nobody mends it")
    .option("--comment <text>", 'what to say of it, in place of the comment before; "" takes that away')
    .action(editFindings);
  const predicted = withOrg(withJson(new Command("predicted")))
    .description("list what previews showed, which is deployed nowhere")
    .option("--stack <stack>", `only of this stack: ${STACK}`)
    .option("--source <source>", "only of this pull request or branch, such as pr:7 or branch:main")
    .action(listPredictions);
  return [list, show, edit, predicted, findingRuleCommand()].reduce(
    (finding, one) => finding.addCommand(one),
    new Command("finding"),
  );
}

async function listFindings(options: Listed): Promise<void> {
  const limit = parseCount("--limit", options.limit);
  const { stack, ...named } = stackIn(options.stack, options);
  const filterModel = { type: "AND", conditions: conditionsOf(options, stack) };
  const { client, orgName } = await signInTo(named);
  const findings = await readPages(async (startRow = "0") => {
    const from = Number(startRow);
    const page = await client.call(LIST, {
      params: { orgName },
      query: { ...(options.closed && { closed: true }), ...(options.overdue && { overdue: true }) },
      body: { startRow: from, endRow: from + 100, filterModel },
    });
    const next = from + page.policyIssues.length;
    const more = page.policyIssues.length > 0 && next < page.rowCount;
    return { items: page.policyIssues, continuationToken: more ? String(next) : undefined };
  }, limit);
  const headings = ["ID", "STATUS", "LEVEL", "SEVERITY", "POLICY", "STACK", "RESOURCE", "SINCE"];
  printTable(options, findings, headings, (finding) => [
    finding.id,
    finding.withdrawn ? "withdrawn" : finding.status,
    finding.level,
    finding.severity,
    `${finding.policyPack}@${finding.policyPackTag} ${finding.policyName}`,
    `${finding.entityProject}/${finding.entityId}${finding.stackRemoved ? " (removed)" : ""}`,
    finding.resourceName,
    finding.firstSeenAt,
  ]);
}

async function listGroups(options: Listed): Promise<void> {
  const { closed, overdue, status, severity, pack } = options;
  const { stack, ...named } = stackIn(options.stack, options);
  const limit = parseCount("--limit", options.limit);
  const { client, orgName } = await signInTo(named);
  const groups = await readPages(async (continuationToken) => {
    const query = {
      ...(closed && { closed }),
      ...(overdue && { overdue }),
      ...(stack && { stack: inOrg(stack) }),
      ...(status && { status }),
      ...(severity && { severity }),
      ...(pack && { pack }),
      ...(continuationToken && { continuationToken }),
    };
    const page = await client.call(GROUPS, { params: { orgName }, query });
    return { items: page.groups, continuationToken: page.continuationToken };
  }, limit);
  const headings = ["LEVEL", "SEVERITY", "POLICY", "PROJECT", "RESOURCE", "STACKS", "SINCE"];
  printTable(options, groups, headings, (group) => [
    group.level,
    group.severity,
    `${group.policyPack} ${group.policyName}`,
    group.project,
    group.resourceName || group.resourceType,
    group.stacks > 3 ? String(group.stacks) : group.stackNames.join(", "),
    group.firstSeenAt,
  ]);
}

function conditionsOf({ status, severity, pack }: Listed, stack: StackName | undefined) {
  const wanted = {
    entityProject: stack?.projectName,
    entityId: stack?.stackName,
    status,
    severity,
    policyPack: pack,
  };
  return Object.entries(wanted).flatMap(([colId, filter]) =>
    filter === undefined ? [] : [{ colId, filter, filterType: "text", type: "equals" }],
  );
}

async function showFinding(id: string, options: JsonOption & { org?: string }): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const { policyIssue: finding, policy } = await client.call(ONE, { params: { orgName, issueId: parseFinding(id) } });
  printFacts(options, finding, {
    Policy: `${finding.policyName} of ${finding.policyPack}@${finding.policyPackTag}`,
    Level: finding.level,
    Severity: finding.severity,
    Message: finding.message,
    "How to fix it": textIn(policy, "remediationSteps"),
    More: textIn(policy, "url"),
    "Policy group": finding.policyGroupName,
    Stack: `${finding.entityProject}/${finding.entityId}${finding.stackRemoved ? " (removed)" : ""}`,
    Resource: finding.resourceURN,
    Status: finding.withdrawn ? "withdrawn" : finding.status,
    "Withdrawn by": finding.auditEventId && `event ${finding.auditEventId} of the audit log`,
    "Excepted by": finding.exceptions?.map(exceptionText).join("; "),
    Reason: finding.reason,
    Until: finding.expiresAt,
    Priority: finding.priority,
    "Assigned to": finding.assignedTo?.githubLogin,
    Comment: finding.comment?.text,
    "Commented by":
      finding.comment && `${finding.comment.by?.githubLogin ?? "a user who was removed"} at ${finding.comment.at}`,
    "First seen": finding.firstSeenAt,
    "Last seen": finding.lastSeenAt,
    // It is still deployed.
    [finding.status === "excepted" ? "Excepted since" : "Ended"]: finding.resolvedAt,
    Reopened: finding.reopenCount > 0 ? count(finding.reopenCount, "time") : undefined,
  });
}

/** What a pack says of a policy. It may have said anything. */
function textIn(policy: unknown, field: "remediationSteps" | "url"): string | undefined {
  const text = isObject(policy) ? policy[field] : undefined;
  return typeof text === "string" ? text.trim() : undefined;
}

async function editFindings(ids: readonly string[], options: Edited): Promise<void> {
  const { status, reason, until, priority, assignee, unassign, comment } = options;
  const expires = until === undefined ? undefined : parseExpiry(until, new Date(), "--until");
  const body = {
    ...(status && { status }),
    ...(reason && { reason }),
    ...(expires !== undefined && { expiresAt: new Date(expires * 1000).toISOString() }),
    ...(priority && { priority }),
    ...(assignee !== undefined && { assignedTo: assignee }),
    ...(unassign && { assignedTo: "" }),
    ...(comment !== undefined && { comment }),
  };
  const [issueId = "", ...others] = ids.map(parseFinding);
  refuseIncomplete(options, Object.keys(body).length);
  const { client, orgName } = await signInTo(options);
  if (others.length > 0) {
    const { changed } = await client.call(TRIAGE, {
      params: { orgName },
      body: { ids: [issueId, ...others], ...body },
    });
    return say(`${changed} findings were changed.`);
  }
  const { policyIssue } = await client.call(EDIT, { params: { orgName, issueId }, body });
  say(`The finding has the status ${policyIssue.status} and the priority ${policyIssue.priority} now.`);
}

/** In the words of the options: the server's sentences name the fields of the API. */
function refuseIncomplete({ status, reason, until }: Edited, changes: number): void {
  if (changes === 0)
    throw new Error("Nothing was changed: name one of --status, --priority, --assignee, --unassign and --comment.");
  if (status !== "ignored" && status !== "by_design") return;
  const missing = [!reason && "--reason", !until && "--until"].filter(Boolean).join(" and ");
  if (missing) throw new Error(`Nothing was changed: --status ${status} needs ${missing}.`);
}

async function listPredictions(options: JsonOption & { org?: string; stack?: string; source?: string }): Promise<void> {
  const { source } = options;
  const { stack, ...named } = stackIn(options.stack, options);
  const { client, orgName } = await signInTo(named);
  const predictions = await readPages(async (continuationToken) => {
    const query = {
      ...(stack && { stack: inOrg(stack) }),
      ...(source && { source }),
      ...(continuationToken && { continuationToken }),
    };
    const page = await client.call("GET /api/quillon/orgs/{orgName}/predictions", { params: { orgName }, query });
    return { items: page.predictions, continuationToken: page.continuationToken };
  });
  printTable(options, predictions, ["SOURCE", "BLOCKED", "POLICY", "STACK", "RESOURCE", "LAST SEEN"], (one) => [
    one.source,
    blockedText(one),
    `${one.policyPack}@${one.policyPackTag} ${one.policyName}`,
    `${one.project}/${one.stack}`,
    one.resourceURN,
    one.lastSeenAt,
  ]);
}

/** An exception that matches, and that the pack did not apply, is named. */
function blockedText({ blocked, exceptions, unappliedExceptions }: Prediction): string {
  if (!blocked) return exceptions ? "excepted" : "no";
  return unappliedExceptions ? `yes, ${unappliedExceptions.map(({ id }) => id).join(", ")} not applied` : "yes";
}
