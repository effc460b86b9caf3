import type { Api, ReplyOf } from "@quillon/contract";
import type { Client } from "@quillon/contract/client";
import { Command, Option } from "commander";
import { matchText } from "../match-text.ts";
import { olderClisTextOf } from "../older-clis-text.ts";
import { signInTo, withOrg } from "../organization.ts";
import { asJson, type OutputOption, printFacts, printTable, say, wantsJson, withOutput } from "../output.ts";
import { readPages } from "../pages.ts";
import { eventText } from "../request-event-text.ts";
import { hoursText } from "./exception-rule.ts";

const ONE = "GET /api/quillon/orgs/{orgName}/exception-requests/{changeRequestId}";
const EVENTS = "GET /api/change-requests/{orgName}/{changeRequestId}/events";
type Request = ReplyOf<Api[typeof ONE]>;
type Status = Request["status"];

interface Options {
  org?: string;
  comment?: string;
}

/** `quillon policy exception request list|get|log|submit|comment|approve|unapprove|reject|apply`: the exceptions that somebody asked for. */
export function exceptionRequestCommand(): Command {
  const list = withOrg(withOutput(new Command("list").alias("ls")))
    .description("list the exceptions that somebody asked for; your own, or all for a policy manager")
    .addOption(
      new Option("--status <status>", "only with this status").choices([
        "draft",
        "pending",
        "ready",
        "applied",
        "closed",
      ]),
    )
    .action(listRequests);
  const get = withOrg(withOutput(new Command("get").alias("show")))
    .description("show what is asked for, and what was said of it")
    .argument("<id>")
    .action(showRequest);
  const submit = one("submit", "lay a draft before those who may agree to it").action(submitRequest);
  const approve = withComment(one("approve", "agree to what somebody else asked for")).action(approveRequest);
  const unapprove = one("unapprove", "take an approval back, before it is applied").action(unapproveRequest);
  const reject = withComment(one("reject", "close a request, or give up your own")).action(rejectRequest);
  const comment = one("comment", "say something of a request, to its author and those who decide")
    .argument("<text>", "others read it, and it is in the audit log")
    .action(commentRequest);
  const log = withOrg(withOutput(new Command("log")))
    .description("show what happened to a request, and what was said of it")
    .argument("<id>", "of the change request")
    .action(showLog);
  const apply = one("apply", "make the exception that was agreed to; its time begins now").action(applyRequest);
  return [list, get, log, submit, comment, approve, unapprove, reject, apply].reduce(
    (request, command) => request.addCommand(command),
    new Command("request").description("exceptions that somebody asked for, where the organization requires approval"),
  );
}

function one(name: string, description: string): Command {
  return withOrg(new Command(name)).description(description).argument("<id>", "of the change request");
}

function withComment(command: Command): Command {
  return command.option("--comment <text>", "why; others read it, and it is in the audit log");
}

async function listRequests(options: Options & OutputOption & { status?: Status }): Promise<void> {
  const { status } = options;
  const { client, orgName } = await signInTo(options);
  const requests = await readPages(async (continuationToken) => {
    const query = { ...(status && { status }), ...(continuationToken && { continuationToken }) };
    const page = await client.call("GET /api/quillon/orgs/{orgName}/exception-requests", {
      params: { orgName },
      query,
    });
    return { items: page.requests, continuationToken: page.continuationToken };
  });
  printTable(wantsJson(options), requests, ["ID", "STATUS", "PACK", "BY", "SINCE", "REASON"], (request) => [
    request.id,
    request.status,
    request.policyPack,
    request.createdBy?.githubLogin ?? "",
    request.createdAt.slice(0, 10),
    request.reason.replace(/\s+/g, " ").slice(0, 60),
  ]);
}

async function showRequest(changeRequestId: string, options: Options & OutputOption): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const request = await client.call(ONE, { params: { orgName, changeRequestId } });
  const { expiresInSeconds: seconds, approvedAt, closedAt } = request;
  const said = (at: string, by: { githubLogin: string } | undefined, comment: string | undefined) =>
    `${at}${by ? ` by ${by.githubLogin}` : ""}${comment ? `: ${comment}` : ""}`;
  printFacts(wantsJson(options), request, {
    "Change request": request.id,
    Status: request.status,
    "Policy pack": request.policyPack,
    Reason: request.reason,
    For: seconds === undefined ? "any time" : hoursText(seconds / 3600),
    Description: request.description === request.reason ? undefined : request.description,
    Asked: said(request.createdAt, request.createdBy, undefined),
    Approved: approvedAt && said(approvedAt, request.approvedBy, request.approvalComment),
    Closed: closedAt && said(closedAt, request.closedBy, request.closeComment),
    Exception: request.exceptionId,
    "Under CLIs before 3.274": olderClisTextOf(request.underOlderClis),
    "Would let through": matchText(request.match),
  });
}

async function submitRequest(changeRequestId: string, options: Options): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const params = { orgName, changeRequestId };
  const { reason } = await client.call(ONE, { params });
  await submit(client, params, reason);
  say(await nextStep(client, params));
}

async function approveRequest(changeRequestId: string, options: Options): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const params = { orgName, changeRequestId };
  // What a request asks for never changes, so there is one revision.
  const body = { revisionNumber: 1, ...(options.comment && { comment: options.comment }) };
  await client.call("POST /api/change-requests/{orgName}/{changeRequestId}/approve", { params, body });
  say(await nextStep(client, params));
}

async function unapproveRequest(changeRequestId: string, options: Options): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const params = { orgName, changeRequestId };
  await client.call("DELETE /api/change-requests/{orgName}/{changeRequestId}/approve", { params });
  say(`Took the approval of change request ${changeRequestId} back.`);
}

async function rejectRequest(changeRequestId: string, options: Options): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const params = { orgName, changeRequestId };
  const body = options.comment ? { comment: options.comment } : {};
  await client.call("POST /api/change-requests/{orgName}/{changeRequestId}/close", { params, body });
  say(`Closed change request ${changeRequestId}. No exception is made from it.`);
}

async function applyRequest(changeRequestId: string, options: Options): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const params = { orgName, changeRequestId };
  const { message } = await client.call("POST /api/change-requests/{orgName}/{changeRequestId}/apply", { params });
  say(message);
}

async function commentRequest(changeRequestId: string, comment: string, options: Options): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const params = { orgName, changeRequestId };
  await client.call("POST /api/change-requests/{orgName}/{changeRequestId}/comments", { params, body: { comment } });
  say(`Commented on change request ${changeRequestId}.`);
}

async function showLog(changeRequestId: string, options: Options & OutputOption): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const events = await readPages(async (continuationToken) => {
    const query = continuationToken ? { continuationToken } : {};
    const page = await client.call(EVENTS, { params: { orgName, changeRequestId }, query });
    return { items: page.events, continuationToken: page.continuationToken ?? undefined };
  });
  // The Pulumi CLI prints an object.
  process.stdout.write(wantsJson(options).json ? asJson({ events }) : events.map(eventText).join(""));
}

type Params = { orgName: string; changeRequestId: string };

/** @param reason shown to those who decide; of a long one the beginning. */
export async function submit(client: Client, params: Params, reason: string): Promise<void> {
  const body = { description: reason.slice(0, 1000) };
  await client.call("POST /api/change-requests/{orgName}/{changeRequestId}/submit", { params, body });
}

/** How far a request is, and who does what next. */
export async function nextStep(client: Client, params: Params): Promise<string> {
  const { changeRequestId: id, orgName } = params;
  const request = await client.call(ONE, { params });
  const command = (name: string) => `quillon policy exception request ${name} ${id} --org ${orgName}`;
  switch (request.status) {
    case "draft":
      return `Change request ${id} is a draft. To lay it before others: ${command("submit")}`;
    case "pending":
      return `Change request ${id} waits until somebody else agrees: ${await approvers(client, orgName, request)}. They run: ${command("approve")}`;
    case "ready":
      return `Change request ${id} may be applied, by its author, a policy manager or an admin. Nothing is let through before: ${command("apply")}`;
    default:
      return `Change request ${id} is ${request.status}.`;
  }
}

/** In people. */
const NAMED = 10;

/** Who may agree: policy managers and admins, not the author. */
async function approvers(client: Client, orgName: string, { createdBy }: Request): Promise<string> {
  const members = await readPages(async (continuationToken) => {
    const query = continuationToken ? { continuationToken } : {};
    const page = await client.call("GET /api/orgs/{orgName}/members", { params: { orgName }, query });
    return { items: page.members, continuationToken: page.continuationToken };
  });
  const logins = members
    .filter(({ fgaRole, user }) => fgaRole.id !== "member" && user.githubLogin !== createdBy?.githubLogin)
    .map(({ user }) => user.githubLogin);
  if (logins.length === 0) return `nobody may yet; an admin makes somebody a policy manager of ${orgName}`;
  const more = logins.length > NAMED ? ` or ${logins.length - NAMED} more` : "";
  return `${logins.slice(0, NAMED).join(", ")}${more}`;
}
