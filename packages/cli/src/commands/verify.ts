import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Command } from "commander";
import { ANSWER_IS_NO } from "../exit-codes.ts";
import { signInTo, withSignIn } from "../organization.ts";
import { asJson, type JsonOption, withJson } from "../output.ts";
import { itemsOf } from "../pages.ts";
import { stackIn } from "../stack-name.ts";
import { MOST, runningOf, verdictOf } from "../verified-update.ts";
import type { Receipt } from "../verify-receipt.ts";

interface Options extends JsonOption {
  stack: string;
  commit?: string;
  anyCommit?: true;
}

const MORE = `
A receipt says which policy packs the update had to ask, and did. One that has not ended has none yet.`;

/** `quillon verify`. */
export function verifyCommand(): Command {
  return withSignIn(withJson(new Command("verify")))
    .description("say whether the last update of a commit has a complete receipt")
    .requiredOption("--stack <stack>", "ORG/PROJECT/STACK, or PROJECT/STACK in your default organization")
    .option("--commit <hash>", "the whole hash or its beginning (default: the commit of the Git repository here)")
    .option("--any-commit", "the last update, whatever its commit")
    .addHelpText("after", MORE)
    .action(verify);
}

async function verify(options: Options): Promise<void> {
  const { stack, ...named } = stackIn(options.stack, {});
  const commit = await commitOf(options);
  const { client, orgName } = await signInTo(named);
  const params = { orgName, ...stack };

  const updates = itemsOf(async (continuationToken) => {
    const route = "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates";
    const { updates, ...page } = await client.call(route, { params, query: continuing(continuationToken) });
    return { ...page, items: updates };
  }, MOST);

  async function* receipts(): AsyncGenerator<Receipt> {
    const listed = itemsOf(async (continuationToken) => {
      const route = "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/receipts";
      const query = { dryRun: false, ...continuing(continuationToken) };
      const { receipts, ...page } = await client.call(route, { params, query });
      return { ...page, items: receipts };
    }, MOST);
    for await (const { updateID } of listed) {
      const route = "GET /api/quillon/orgs/{orgName}/receipts/{updateID}";
      const { receipt } = await client.call(route, { params: { orgName, updateID } });
      yield JSON.parse(receipt);
    }
  }

  // What ends after this has a receipt by then.
  const verdict = (await runningOf(updates, commit)) ?? (await verdictOf(receipts(), commit));
  process.stdout.write(options.json ? asJson(verdict) : `${verdict.because}\n`);
  if (!verdict.holds) process.exitCode = ANSWER_IS_NO;
}

function continuing(continuationToken: string | undefined): { continuationToken?: string } {
  return continuationToken ? { continuationToken } : {};
}

async function commitOf({ commit, anyCommit }: Options): Promise<string | undefined> {
  if (commit !== undefined && anyCommit) throw new Error("Give --commit or --any-commit, not both.");
  if (anyCommit) return undefined;
  const hash = commit ?? (await head());
  if (/^[0-9a-f]{7,64}$/i.test(hash)) return hash.toLowerCase();
  throw new Error(`"${hash}" is no commit's hash: give 7 or more of its characters, which are digits and a to f.`);
}

async function head(): Promise<string> {
  try {
    return (await promisify(execFile)("git", ["rev-parse", "HEAD"])).stdout.trim();
  } catch (error) {
    const { code, stderr = "" } = error as { code?: unknown; stderr?: string };
    // Such as that the folder belongs to somebody else, as in a container.
    const [why] = stderr.trim().split("\n");
    const because = code === "ENOENT" ? " There is no command git." : why ? ` Git says: ${why}` : "";
    throw new Error(
      `There is no commit here. Run this in a Git repository, or give --commit or --any-commit.${because}`,
    );
  }
}
