import { Command } from "commander";
import { parseCount } from "../arguments.ts";
import { parseSince } from "../expiry.ts";
import { signInTo, withOrg } from "../organization.ts";
import { type JsonOption, printTable, withJson } from "../output.ts";
import { readPages } from "../pages.ts";

interface Options extends JsonOption {
  org?: string;
  since?: string;
  until?: string;
  event?: string;
  user?: string;
  limit: string;
}

export function auditCommand(): Command {
  const list = withOrg(withJson(new Command("ls")))
    .description("list changes, newest first; --json has the values before and after")
    .option("--since <when>", "from then on: 7d, 12h or 4w ago, or a day such as 2030-01-31 (UTC)")
    .option("--until <when>", "up to then, written in the same way")
    .option("--event <name>", 'only this event, such as "Policy Group Updated"')
    .option("--user <login>", "only changes of this user")
    .option("--limit <n>", "at most so many", "100")
    .action(listEvents);
  return new Command("audit").description("who changed what in an organization").addCommand(list);
}

async function listEvents(options: Options): Promise<void> {
  const now = new Date();
  const filter = {
    ...(options.since && { startTime: parseSince("--since", options.since, now) }),
    ...(options.until && { endTime: parseSince("--until", options.until, now) }),
    ...(options.event && { eventFilter: options.event }),
    ...(options.user && { userFilter: options.user }),
  };
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
