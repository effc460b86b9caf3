import { Command, Option } from "commander";
import { parseCount } from "../arguments.ts";
import { print } from "../broken-output.ts";
import { parseSince } from "../expiry.ts";
import { signInTo, withOrg } from "../organization.ts";
import { asJsonLine, type JsonOption, printTable, withJson } from "../output.ts";
import { readPages } from "../pages.ts";

interface Options extends JsonOption {
  org?: string;
  since?: string;
  until?: string;
  event?: string;
  user?: string;
  limit: string;
}

type Filter = Pick<Options, "org" | "since" | "until" | "event" | "user">;

export function auditCommand(): Command {
  const list = withFilter(withOrg(withJson(new Command("ls"))))
    .description("list events, newest first; --json has the values before and after")
    .option("--limit <n>", "at most so many", "100")
    .action(listEvents);
  const all = withFilter(withOrg(new Command("export")))
    .description("print all events that match, newest first")
    .addOption(
      new Option("--format <format>", "how they are written").choices(["jsonl", "csv", "cef"]).default("jsonl"),
    )
    .action(exportEvents);
  const next = withOrg(new Command("follow"))
    .description(
      "print the events after a sequence that there are now, oldest first, as JSON Lines; none is ever missed",
    )
    .option("--after <sequence>", "the last sequence that you have", "0")
    .action(followEvents);
  return [list, all, next].reduce((audit, one) => audit.addCommand(one), new Command("audit"));
}

function withFilter(command: Command): Command {
  return command
    .option("--since <when>", "from then on: 7d, 12h or 4w ago, or a day such as 2030-01-31 (UTC)")
    .option("--until <when>", "up to then, written in the same way")
    .option("--event <name>", 'only this event, as the column EVENT has it, such as "Policy Group Updated"')
    .option("--user <login>", "only events of this user");
}

async function exportEvents({ format, ...options }: Filter & { format: "jsonl" | "csv" | "cef" }): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const query = { ...filterOf(options), format };
  const events = await client.stream("GET /api/orgs/{orgName}/auditlogs/v2/export", { params: { orgName }, query });
  await print(events);
}

async function followEvents({ after, ...options }: { org?: string; after: string }): Promise<void> {
  let last = after === "0" ? 0 : parseCount("--after", after);
  const { client, orgName } = await signInTo(options);
  for (let more = true; more; ) {
    const query = { after: last };
    const page = await client.call("GET /api/quillon/orgs/{orgName}/auditlogs/follow", { params: { orgName }, query });
    for (const event of page.auditLogEvents) process.stdout.write(asJsonLine(event));
    last = page.auditLogEvents.at(-1)?.sequence ?? last;
    more = page.auditLogEvents.length > 0;
  }
}

async function listEvents(options: Options): Promise<void> {
  const filter = filterOf(options);
  const limit = parseCount("--limit", options.limit);
  const { client, orgName } = await signInTo(options);
  const events = await readPages(async (continuationToken) => {
    const query = { ...filter, ...(continuationToken && { continuationToken }) };
    const page = await client.call("GET /api/orgs/{orgName}/auditlogs/v2", { params: { orgName }, query });
    return { items: page.auditLogEvents, continuationToken: page.continuationToken };
  }, limit);
  printTable(options, events, ["WHEN", "WHO", "FROM", "EVENT", "WHAT"], (event) => [
    new Date(event.timestamp * 1000).toISOString().replace(".000Z", "Z"),
    event.user.githubLogin,
    event.sourceIP,
    event.event,
    event.description,
  ]);
}

function filterOf(options: Filter) {
  const now = new Date();
  return {
    ...(options.since && { startTime: parseSince("--since", options.since, now) }),
    ...(options.until && { endTime: parseSince("--until", options.until, now) }),
    ...(options.event && { eventFilter: options.event }),
    ...(options.user && { userFilter: options.user }),
  };
}
