import { availableParallelism } from "node:os";
import { Command } from "commander";
import { atOnce } from "../at-once.ts";
import { ANSWER_IS_NO } from "../exit-codes.ts";
import { parseSince } from "../expiry.ts";
import { cacheFolder } from "../folders.ts";
import { organizationOf } from "../organization.ts";
import { asJson, type JsonOption, say, withJson } from "../output.ts";
import { findServer } from "../run/server.ts";
import { backendOf } from "../scan/backend.ts";
import { readKnown } from "../scan/known.ts";
import { listStacks } from "../scan/listing.ts";
import { withPulumi } from "../scan/pulumi.ts";
import { scanStack } from "../scan/scan.ts";
import type { ScannedStack } from "../scan/scanned.ts";
import { scanSentence, scanText } from "../scan/text.ts";
import { clientOf } from "../session.ts";

interface Options extends JsonOption {
  org?: string;
  since?: string;
  check?: true;
}

/** Each is a process of its own. */
const MOST_AT_ONCE = 8;

const MORE = `
It reads with the Pulumi CLI, and writes nothing. An update is one of \`pulumi up\`; refreshes, destroys and imports ask no policies. Of a stack that is
known to Quillon, those are looked at that ended after \`quillon run\` made it known. --check evaluates what is deployed, as \`quillon check\` does, also of
a stack that Quillon has never seen. Of each that it knows, the server stores the results, marked as checked and not enforced: \`quillon results --checked\`.

Signs in as \`quillon run\` does. The stacks that you may not read in Quillon are never seen to you, too.`;

/** `quillon scan`: finds what was updated without `quillon run`. */
export function scanCommand(): Command {
  return withJson(new Command("scan"))
    .argument("[backend]", "the URL of a bucket or a folder, as for pulumi login (default: PULUMI_BACKEND_URL)")
    .option("--org <org>", "the organization (default: your default one)")
    .option("--since <time>", "only updates that ended since then: 30d, 12h, 4w, or a day such as 2030-01-31")
    .option("--check", "also hold each stack's state against the policy packs that it must run, and store the results")
    .addHelpText("after", MORE)
    .action(scan);
}

async function scan(given: string | undefined, options: Options): Promise<void> {
  const { env } = process;
  const url = given ?? env.PULUMI_BACKEND_URL;
  if (!url) throw new Error("Name a backend, such as s3://BUCKET or file:///FOLDER, or set PULUMI_BACKEND_URL.");
  const backend = backendOf(url, { cwd: process.cwd(), env });
  const now = new Date();
  const since = options.since === undefined ? 0 : parseSince("--since", options.since, now) * 1000;
  if (since > now.getTime())
    throw new Error(
      `--since ${options.since} has not come yet, so no update would be looked at. Name a time that is over.`,
    );
  const client = clientOf(await findServer(env));
  const orgName = await organizationOf(client, options.org);
  const server = { client, orgName };
  const known = await readKnown(server, backend.known);
  const checking = options.check && (await import("../scan/check.ts")).checker(cacheFolder());
  const { stacks, problem } = await withPulumi(backend, env, async (pulumi) => {
    const listing = await listStacks(pulumi, backend);
    const told = progress(listing.stacks.length);
    const of = { pulumi, server, known, since, now: now.getTime(), readsStates: listing.problem !== undefined };
    const scanned = await atOnce(Math.min(MOST_AT_ONCE, availableParallelism()), listing.stacks, async (listed) => {
      const one = await scanStack(listed, of);
      const check = checking && one.status !== "unreadable" && (await checking(listed, of));
      told.oneMore();
      return { ...one, ...(check && { check }) };
    }).finally(told.end);
    return { stacks: scanned, problem: listing.problem };
  });
  const sentence = scanSentence(stacks, backend.known);
  process.stdout.write(
    options.json ? asJson({ organization: orgName, backend: backend.known, stacks }) : scanText(stacks),
  );
  say(sentence);
  if (problem) say(`The Pulumi CLI can't list the stacks, so the files of the folder are listed. It says: ${problem}`);
  process.exitCode = problem ? 1 : exitCodeOf(stacks);
}

function exitCodeOf(stacks: readonly ScannedStack[]): number {
  if (stacks.some(({ status, check }) => status === "unreadable" || check?.problem !== undefined)) return 1;
  return stacks.every(({ status, check }) => status === "ok" && !check?.counts?.mandatory) ? 0 : ANSWER_IS_NO;
}

/** On a terminal, how many stacks are done. */
function progress(total: number): { oneMore(): void; end(): void } {
  const { stderr } = process;
  if (!stderr.isTTY || total < 2) return { oneMore() {}, end: () => {} };
  let done = 0;
  const show = () => stderr.write(`\r${done} of ${total} stacks`);
  show();
  return {
    oneMore() {
      done += 1;
      show();
    },
    end: () => stderr.write("\r\u001b[K"),
  };
}
