import { Command } from "commander";
import { signInTo, withOrg, withSignIn } from "../organization.ts";
import { type JsonOption, printTable, say, withJson } from "../output.ts";
import { readPages } from "../pages.ts";
import { STACK, stackIn } from "../stack-name.ts";

const RESTORED = `
A stack comes back with its key, its tags, its states and its history. These do not: which teams had permissions on it, which lists of policy groups
it was in, and its webhooks. Its findings stay closed until its next run. Admins of the organization can restore it for 30 days, or what
the server's --deleted-stacks-days says.`;

/** `quillon stacks deleted|restore`, for an organization's admins. */
export function restoreStackCommands(): Command[] {
  const deleted = withOrg(withJson(new Command("deleted")))
    .description("list the stacks that were removed and can be restored, the newest first")
    .action(listDeleted);
  const restore = withSignIn(new Command("restore"))
    .description("restore a stack that was removed")
    .argument("<stack>", `${STACK}, as it was called`)
    .option("--id <id>", "which one, where several had that name (quillon stacks deleted)")
    .addHelpText("after", RESTORED)
    .action(restoreStack);
  return [deleted, restore];
}

async function listDeleted(options: JsonOption & { org?: string }): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const stacks = await readDeleted(client, orgName);
  printTable(options, stacks, ["STACK", "REMOVED", "BY", "RESTORABLE UNTIL", "ID"], (one) => [
    `${one.project}/${one.stack}`,
    one.deleted,
    one.deletedBy ?? "",
    one.restorableUntil,
    one.id,
  ]);
}

async function restoreStack(text: string, { id }: { id?: string }): Promise<void> {
  const { stack: wanted, ...named } = stackIn(text, {});
  const { projectName, stackName } = wanted;
  const { client, orgName } = await signInTo(named);
  const found = (await readDeleted(client, orgName)).filter(
    (one) => one.project === projectName && one.stack === stackName && (id === undefined || one.id === id),
  );
  const [one] = found;
  const stack = `${orgName}/${projectName}/${stackName}`;
  if (!one) throw new Error(`There is no deleted stack ${stack} that can be restored. See: quillon stacks deleted`);
  if (found.length > 1)
    throw new Error(
      `${found.length} deleted stacks were called ${stack}. Name one with --id:\n${found.map((each) => `  ${each.id}  removed ${each.deleted}`).join("\n")}`,
    );
  await client.call("POST /api/quillon/orgs/{orgName}/deleted-stacks/{stackId}/restore", {
    params: { orgName, stackId: one.id },
  });
  say(
    `Stack ${stack} is there again. Teams that had permissions on it must be given them anew, and policy groups that had it in their lists must take it in again. What it must run now: quillon group why ${projectName}/${stackName}`,
  );
}

type SignedIn = Awaited<ReturnType<typeof signInTo>>;

function readDeleted(client: SignedIn["client"], orgName: string) {
  return readPages(async (continuationToken) => {
    const page = await client.call("GET /api/quillon/orgs/{orgName}/deleted-stacks", {
      params: { orgName },
      query: continuationToken ? { continuationToken } : {},
    });
    return { items: page.stacks, continuationToken: page.continuationToken };
  });
}
