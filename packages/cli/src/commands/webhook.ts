import { createInterface } from "node:readline";
import type { Api, BodyOf, ReplyOf } from "@quillon/contract";
import { Command, Option } from "commander";
import { parseDelivery } from "../arguments.ts";
import { ANSWER_IS_NO } from "../exit-codes.ts";
import { signInTo, withOrg } from "../organization.ts";
import { type JsonOption, printFacts, printTable, say, withJson } from "../output.ts";
import { STACK, stackIn } from "../stack-name.ts";

type Webhook = ReplyOf<Api["GET /api/orgs/{orgName}/hooks/{hookName}"]>;
type Delivery = ReplyOf<Api["POST /api/orgs/{orgName}/hooks/{hookName}/ping"]>;
type Body = BodyOf<Api["POST /api/orgs/{orgName}/hooks"]>;

interface Owner {
  org?: string;
  stack?: string;
}

interface Values {
  url?: string;
  secret?: string | false;
  displayName?: string;
  format?: string;
  filter?: string[];
  group?: string[];
  everything?: true;
  on?: true;
  off?: true;
}

/** `quillon webhook ls|show|add|edit|rm|ping|deliveries|redeliver`. */
export function webhookCommand(): Command {
  const list = withOwner(withJson(new Command("ls")))
    .description("list webhooks")
    .action(listWebhooks);
  const show = withOwner(withJson(new Command("show")))
    .description("show a webhook")
    .argument("<webhook>")
    .action(showWebhook);
  const add = withValues(withOwner(new Command("add")))
    .description("make a webhook; without filters and groups it is told of everything")
    .argument("[webhook]", "its name in commands; a short one is made up")
    .action(addWebhook);
  const edit = withValues(withOwner(new Command("edit")))
    .description("change a webhook; what is not named stays")
    .argument("<webhook>")
    .option("--no-secret", "send messages without a signature")
    .option("--everything", "take away its filters and groups, so that it is told of everything")
    .addOption(new Option("--on", "send messages to it again").conflicts("off"))
    .option("--off", "send no messages to it")
    .action(editWebhook);
  const remove = withOwner(new Command("rm"))
    .description("remove a webhook and what it was not sent yet")
    .argument("<webhook>")
    .action(removeWebhook);
  const ping = withOwner(withJson(new Command("ping")))
    .description("send a test message, and show the answer")
    .argument("<webhook>")
    .action(pingWebhook);
  const deliveries = withOwner(withJson(new Command("deliveries")))
    .description("list the last messages and what was answered; code 0 is no answer")
    .argument("<webhook>")
    .action(listDeliveries);
  const again = withOwner(withJson(new Command("redeliver")))
    .description("send a message once more, and show the answer")
    .argument("<webhook>")
    .argument("<delivery>", "its id, of quillon webhook deliveries")
    .action(redeliver);
  return [list, show, add, edit, remove, ping, deliveries, again].reduce(
    (webhook, one) => webhook.addCommand(one),
    new Command("webhook"),
  );
}

function withOwner(command: Command): Command {
  return withOrg(command).option("--stack <stack>", `of this stack, not of the organization: ${STACK}`);
}

function withValues(command: Command): Command {
  return command
    .option("--url <url>", "where messages are sent; - reads a line of standard input, which no other user can see")
    .option("--secret <text>", "signs messages; - reads a line of standard input, after the URL's")
    .option("--display-name <text>", "its name for people")
    .option("--format <format>", "raw, slack or ms_teams")
    .option("--filter <names...>", "only these events, such as update_failed")
    .option(
      "--group <names...>",
      "all events of these groups: stacks, policies and, of an organization, policy_changes",
    );
}

/** The client, and the parameters of the organization or of the stack. */
async function ownerOf(options: Owner) {
  const { stack, ...named } = stackIn(options.stack, options);
  const { client, orgName } = await signInTo(named);
  return { client, org: { orgName }, stack: stack && { orgName, ...stack } };
}

async function listWebhooks(options: Owner & JsonOption): Promise<void> {
  const { client, org, stack } = await ownerOf(options);
  const hooks = stack
    ? await client.call("GET /api/stacks/{orgName}/{projectName}/{stackName}/hooks", { params: stack })
    : await client.call("GET /api/orgs/{orgName}/hooks", { params: org });
  printTable(options, hooks, ["WEBHOOK", "NAME", "ON", "FORMAT", "EVENTS", "URL"], (hook) => [
    hook.name,
    hook.displayName,
    hook.active ? "yes" : "no",
    hook.format,
    eventsOf(hook),
    hook.payloadUrl,
  ]);
}

function eventsOf({ groups, filters }: Webhook): string {
  return [...groups, ...filters].join(", ") || "everything";
}

async function showWebhook(hookName: string, options: Owner & JsonOption): Promise<void> {
  const { client, org, stack } = await ownerOf(options);
  const hook = stack
    ? await client.call("GET /api/stacks/{orgName}/{projectName}/{stackName}/hooks/{hookName}", {
        params: { ...stack, hookName },
      })
    : await client.call("GET /api/orgs/{orgName}/hooks/{hookName}", { params: { ...org, hookName } });
  printFacts(options, hook, {
    Webhook: hook.name,
    Name: hook.displayName,
    On: hook.active ? "yes" : "no",
    Format: hook.format,
    Events: eventsOf(hook),
    URL: hook.payloadUrl,
    Signed: hook.hasSecret ? "yes" : "no",
  });
}

async function addWebhook(name: string | undefined, options: Owner & Values): Promise<void> {
  if (options.url === undefined) throw new Error("A webhook needs --url.");
  const body = { ...(name && { name }), ...(await bodyOf(options)) };
  const { client, org, stack } = await ownerOf(options);
  const made = stack
    ? await client.call("POST /api/stacks/{orgName}/{projectName}/{stackName}/hooks", { params: stack, body })
    : await client.call("POST /api/orgs/{orgName}/hooks", { params: org, body });
  say(`Made webhook ${made.name}. Try it with: quillon webhook ping ${made.name}`);
}

async function editWebhook(hookName: string, options: Owner & Values): Promise<void> {
  const body = await bodyOf(options);
  if (Object.keys(body).length === 0) throw new Error("Nothing to change: name at least one option.");
  const { client, org, stack } = await ownerOf(options);
  if (stack) {
    const params = { ...stack, hookName };
    await client.call("PATCH /api/stacks/{orgName}/{projectName}/{stackName}/hooks/{hookName}", { params, body });
  } else await client.call("PATCH /api/orgs/{orgName}/hooks/{hookName}", { params: { ...org, hookName }, body });
  say(`Changed webhook ${hookName}.`);
}

/** What the options ask for. URL and secret may come from standard input. */
async function bodyOf(options: Values): Promise<Body> {
  const { url, secret, displayName, format, filter, group, everything, on, off } = options;
  const lines = url === "-" || secret === "-" ? await readLines() : [];
  const given = (text: string) => (text === "-" ? (lines.shift() ?? "") : text);
  return {
    ...(url !== undefined && { payloadUrl: given(url) }),
    ...(secret === false && { secret: "__remove-secret" }),
    ...(typeof secret === "string" && { secret: given(secret) }),
    ...(displayName !== undefined && { displayName }),
    ...(format !== undefined && { format }),
    ...(everything && { filters: [], groups: [] }),
    ...(filter && { filters: filter }),
    ...(group && { groups: group }),
    ...((on || off) && { active: on === true }),
  };
}

async function readLines(): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: process.stdin })) lines.push(line.trim());
  return lines;
}

async function removeWebhook(hookName: string, options: Owner): Promise<void> {
  const { client, org, stack } = await ownerOf(options);
  if (stack) {
    const params = { ...stack, hookName };
    await client.call("DELETE /api/stacks/{orgName}/{projectName}/{stackName}/hooks/{hookName}", { params });
  } else await client.call("DELETE /api/orgs/{orgName}/hooks/{hookName}", { params: { ...org, hookName } });
  say(`Removed webhook ${hookName}.`);
}

async function pingWebhook(hookName: string, options: Owner & JsonOption): Promise<void> {
  const { client, org, stack } = await ownerOf(options);
  const sent = stack
    ? await client.call("POST /api/stacks/{orgName}/{projectName}/{stackName}/hooks/{hookName}/ping", {
        params: { ...stack, hookName },
      })
    : await client.call("POST /api/orgs/{orgName}/hooks/{hookName}/ping", { params: { ...org, hookName } });
  printDelivery(options, sent);
}

async function listDeliveries(hookName: string, options: Owner & JsonOption): Promise<void> {
  const { client, org, stack } = await ownerOf(options);
  const sent = stack
    ? await client.call("GET /api/stacks/{orgName}/{projectName}/{stackName}/hooks/{hookName}/deliveries", {
        params: { ...stack, hookName },
      })
    : await client.call("GET /api/orgs/{orgName}/hooks/{hookName}/deliveries", { params: { ...org, hookName } });
  printTable(options, sent, ["DELIVERY", "TIME", "KIND", "CODE", "ANSWER"], (one) => [
    one.id,
    timeOf(one),
    one.kind,
    String(one.responseCode),
    one.responseBody.slice(0, 80).replace(/\s+/g, " "),
  ]);
}

async function redeliver(hookName: string, delivery: string, options: Owner & JsonOption): Promise<void> {
  const event = parseDelivery(delivery, hookName);
  const { client, org, stack } = await ownerOf(options);
  const sent = stack
    ? await client.call(
        "POST /api/stacks/{orgName}/{projectName}/{stackName}/hooks/{hookName}/deliveries/{event}/redeliver",
        { params: { ...stack, hookName, event } },
      )
    : await client.call("POST /api/orgs/{orgName}/hooks/{hookName}/deliveries/{event}/redeliver", {
        params: { ...org, hookName, event },
      });
  printDelivery(options, sent);
}

/** Ends with 2 when the destination did not take the message. */
export function printDelivery(options: JsonOption, sent: Delivery): void {
  if (sent.responseCode < 200 || sent.responseCode > 299) process.exitCode = ANSWER_IS_NO;
  printFacts(options, sent, {
    Delivery: sent.id,
    Kind: sent.kind,
    Time: timeOf(sent),
    Took: `${sent.duration} ms`,
    Code: sent.responseCode === 0 ? "no answer" : String(sent.responseCode),
    Answer: sent.responseBody,
  });
}

function timeOf({ timestamp }: Delivery): string {
  return new Date(timestamp * 1000).toISOString();
}
