import { count } from "@quillon/report";
import { Command } from "commander";
import { repeated } from "../arguments.ts";
import { ANSWER_IS_NO } from "../exit-codes.ts";
import type { Filter } from "../migrate/filter.ts";
import { leftOf } from "../migrate/left.ts";
import { type Migrated, migrate, readHistories } from "../migrate/migrate.ts";
import { TOKEN_VARIABLE, withSource } from "../migrate/open.ts";
import type { Source } from "../migrate/source.ts";
import { isFine, migrationSentence, migrationText } from "../migrate/text.ts";
import { makeFolder } from "../migrate/write-files.ts";
import { organizationOf } from "../organization.ts";
import { asJson, type JsonOption, say, withJson } from "../output.ts";
import { findServer } from "../run/server.ts";
import { clientOf, nameOfServer } from "../session.ts";

interface Options extends JsonOption {
  from: string;
  fromOrg?: string;
  org?: string;
  project?: string[];
  stack?: string[];
  history?: string;
  yes?: true;
}

const MORE = `
Without --yes it only looks, and says what it would do. It changes nothing where the stacks come from. The token for a service is in ${TOKEN_VARIABLE},
else it is the one of \`pulumi login URL\`; a bucket or a folder is read by the Pulumi CLI.
Signs in to Quillon as \`quillon run\` does. A second run goes on where the first one ended: a stack that was moved has the tag quillon:moved-from.`;

/** `quillon stacks migrate`. */
export function migrateCommand(): Command {
  return withJson(new Command("migrate"))
    .description("move stacks from another service, a bucket or a folder into an organization, with their secrets")
    .requiredOption("--from <url>", "https://… of a service with Pulumi's API, or s3://…, file://… and so on")
    .option("--from-org <org>", "the organization at the service (default: the only one)")
    .option("--org <org>", "the organization in Quillon (default: your default one)")
    .addOption(repeated("--project <project>", "only stacks of this project"))
    .addOption(repeated("--stack <stack>", "only stacks with this name: STACK or PROJECT/STACK"))
    .option("--history <dir>", "write the history of each stack into a file of this new folder, too")
    .option("--yes", "do it")
    .addHelpText("after", MORE)
    .action(migrateStacks);
}

async function migrateStacks(options: Options): Promise<void> {
  const { env } = process;
  const session = await findServer(env);
  const client = clientOf(session);
  const orgName = await organizationOf(client, options.org);
  // Where there is no such organization, it seems to have no stack with any name.
  await client.call("GET /api/quillon/orgs/{orgName}", { params: { orgName } });
  const target = { client, url: session.url, orgName };
  if (nameOfServer(options.from) === session.url && (options.fromOrg ?? orgName) === orgName)
    throw new Error(
      `The stacks would be moved from ${session.url} to itself. Set QUILLON_URL and QUILLON_TOKEN for the server that they are to be moved to.`,
    );
  const filter = filterOf(options);
  const from = { url: options.from, ...(options.fromOrg && { organization: options.fromOrg }) };
  const { source, migrated } = await withSource(from, env, async (source) => {
    const { kind, shown } = source;
    if (options.history !== undefined) await writeHistories(source, filter, options.history);
    const migrated = await migrate({ source, target, filter, applies: options.yes ?? false });
    return { source: { kind, shown }, migrated };
  });
  print({ source, orgName, migrated, options });
}

function filterOf({ project, stack }: Options): Filter {
  return { ...(project && { projects: project }), ...(stack && { stacks: stack }) };
}

interface Printed {
  source: Pick<Source, "kind" | "shown">;
  orgName: string;
  migrated: Migrated;
  options: Options;
}

function print({ source, orgName, migrated: { stacks, references }, options }: Printed): void {
  const left = leftOf(source.kind, stacks);
  process.stdout.write(
    options.json
      ? asJson({ from: source.shown, organization: orgName, applied: options.yes ?? false, stacks, references, left })
      : migrationText({ source, orgName, stacks, references }),
  );
  say(migrationSentence(stacks, source.shown));
  if (!options.yes && stacks.some(({ status }) => status === "move" || status === "again"))
    say("Nothing was changed. To move them, run the command again with --yes.");
  process.exitCode = stacks.every(isFine) ? 0 : ANSWER_IS_NO;
}

async function writeHistories(source: Source, filter: Filter, folder: string): Promise<void> {
  let written = 0;
  await makeFolder(folder, async (write) => {
    for await (const { stack, entries, problem } of readHistories(source, filter)) {
      if (problem !== undefined) say(`The history of ${stack.name} can't be read: ${problem}`);
      if (!entries) continue;
      await write([...(stack.project === undefined ? [] : [stack.project]), `${stack.stack}.json`], asJson(entries));
      written += 1;
    }
  });
  say(`Wrote ${folder}, with the history of ${count(written, "stack")}.`);
}
