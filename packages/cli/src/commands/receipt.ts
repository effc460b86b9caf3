import { readFile } from "node:fs/promises";
import { Command, Option } from "commander";
import { parseCount } from "../arguments.ts";
import { receiptStatuses } from "../choices.ts";
import { ANSWER_IS_NO } from "../exit-codes.ts";
import { signInTo, withOrg, withSignIn } from "../organization.ts";
import { type JsonOption, printFacts, printTable, say, withJson } from "../output.ts";
import { readPages } from "../pages.ts";
import { signIn } from "../session.ts";
import { STACK, stackIn } from "../stack-name.ts";
import { type Receipt, verifyReceipt } from "../verify-receipt.ts";
import { receiptRuleCommands } from "./receipt-rule.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface Listed extends JsonOption {
  org?: string;
  stack?: string;
  status?: (typeof receiptStatuses)[number];
  limit: string;
}

/** `quillon receipt`. */
export function receiptCommand(): Command {
  const list = withOrg(withJson(new Command("ls")))
    .description("list what runs had to analyse and did, the newest first")
    .option("--stack <stack>", `only of this stack: ${STACK}`)
    .addOption(new Option("--status <status>", "only with this status").choices(receiptStatuses))
    .option("--limit <n>", "at most so many", "100")
    .action(listReceipts);
  const show = withOrg(new Command("show"))
    .description("show the receipt of an update or preview")
    .argument("<update>", "the id of the update")
    .option("--json", "print the receipt with its signature, for quillon receipt verify")
    .action(showReceipt);
  const verify = new Command("verify")
    .description("check the signature of a receipt, without a server")
    .argument("<file>", "what quillon receipt show --json printed")
    .requiredOption("--key <file>", "what quillon receipt key printed")
    .action(verifyFile);
  const key = withSignIn(new Command("key"))
    .description("print the public key of the server that you are logged in to")
    .action(printKey);
  return [list, show, verify, key, ...receiptRuleCommands()].reduce(
    (receipt, one) => receipt.addCommand(one),
    new Command("receipt"),
  );
}

async function listReceipts(options: Listed): Promise<void> {
  const limit = parseCount("--limit", options.limit);
  const { stack, ...named } = stackIn(options.stack, options);
  const { client, orgName } = await signInTo(named);
  const receipts = await readPages(async (continuationToken) => {
    const query = {
      ...(options.status && { status: options.status }),
      ...(continuationToken && { continuationToken }),
    };
    const page = stack
      ? await client.call("GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/receipts", {
          params: { orgName, ...stack },
          query,
        })
      : await client.call("GET /api/quillon/orgs/{orgName}/receipts", { params: { orgName }, query });
    return { items: page.receipts, continuationToken: page.continuationToken };
  }, limit);
  printTable(options, receipts, ["UPDATE", "STATUS", "KIND", "STACK", "OUTCOME", "ENDED"], (receipt) => [
    receipt.updateID,
    receipt.status,
    nameKind(receipt),
    `${receipt.project}/${receipt.stack}`,
    receipt.outcome,
    receipt.endedAt,
  ]);
}

async function showReceipt(updateID: string, options: JsonOption & { org?: string }): Promise<void> {
  if (!UUID.test(updateID))
    throw new Error(
      `"${updateID}" is no id of an update. List the ids of a stack's: quillon receipt ls --stack PROJECT/STACK`,
    );
  const { client, orgName } = await signInTo(options);
  const signed = await client.call("GET /api/quillon/orgs/{orgName}/receipts/{updateID}", {
    params: { orgName, updateID },
  });
  printReceipt(options, signed, JSON.parse(signed.receipt) as Receipt);
}

async function verifyFile(file: string, { key }: { key: string }): Promise<void> {
  const receipt = verifyReceipt(await readFile(file, "utf8"), await readFile(key, "utf8"));
  if (!receipt) {
    say("The signature is not valid: the receipt was changed, or another server made it.");
    process.exitCode = ANSWER_IS_NO;
    return;
  }
  process.stdout.write("The signature is valid. It says nothing of what the client left out or made up.\n\n");
  printReceipt({}, receipt, receipt);
}

async function printKey(): Promise<void> {
  const client = await signIn();
  const { publicKey } = await client.call("GET /api/quillon/receipt-key", {});
  process.stdout.write(publicKey);
}

function printReceipt(options: JsonOption, asJson: unknown, receipt: Receipt): void {
  const { organization, stack, update, client, packs = [] } = receipt;
  printFacts(options, asJson, {
    Receipt: receipt.says,
    Because: receipt.reasons.join(" "),
    Stack: `${organization.name}/${stack.project}/${stack.name}`,
    Run: `${nameKind(update)} ${update.id}, ${update.outcome} at ${update.ended}`,
    State: `version ${update.stateVersion}`,
    Client: [client.login, client.token.name && `token ${client.token.name}`, client.address]
      .filter(Boolean)
      .join(", "),
    Commit: client.commit ?? undefined,
    ...Object.fromEntries(
      packs.map(({ pack, tag, version, archiveSha256, analysed, unanalysed, exceptions = [], exceptionsBy }) => [
        `Pack ${pack}`,
        [
          `${tag ?? version}, analysed ${analysed}, did not analyse ${unanalysed.count}`,
          ...(exceptions.length > 0
            ? [`exceptions for the ${exceptionsBy}: ${exceptions.map(({ id }) => id).join(" ")}`]
            : []),
          `archive sha256 ${archiveSha256 ?? "unknown"}`,
        ].join(", "),
      ]),
    ),
  });
}

function nameKind({ kind, dryRun }: { kind: string; dryRun: boolean }): string {
  return dryRun && kind !== "preview" ? `${kind} (dry run)` : kind;
}
