import { resolve } from "node:path";
import { Readable } from "node:stream";
import { normalBackend } from "@quillon/contract/backend-url";
import { type Client, JsonText } from "@quillon/contract/client";
import { MOST_DAYS } from "@quillon/contract/requirements";
import { Command } from "commander";
import { repeated } from "../arguments.ts";
import { parseExpiry } from "../expiry.ts";
import { organizationOf } from "../organization.ts";
import { say } from "../output.ts";
import { fetchArchive } from "../required-packs/fetch.ts";
import { namesOf, refuseEnvironments } from "../run/guarded-run.ts";
import { readBackend, readPlace, readProject } from "../run/place.ts";
import { factsOf, type RunFacts, registerStack } from "../run/registration.ts";
import { type Requirements, type SignedRequirements, writeRequirementsFile } from "../run/requirements-file.ts";
import { findServer } from "../run/server.ts";
import { clientOf } from "../session.ts";
import { STACK, stackIn } from "../stack-name.ts";
import { writeWhole } from "../write-whole.ts";

interface Options {
  stack?: string[];
  cwd: string;
  org?: string;
  as?: string;
  expires: string;
  outputFile: string;
}

const MORE = `
In a project's folder the stack is found as \`quillon run\` finds it, and what the program adds to its tags counts, too. Elsewhere name stacks as
Quillon does, with a /.
The file is checked with the server's key: \`quillon receipt key > quillon.pem\`.`;

/** `quillon run export`. */
export function exportCommand(): Command {
  return new Command("export")
    .description("write what a stack must run, with its policy packs, to a signed file for quillon run --bundle")
    .addOption(repeated("--stack <stack>", `${STACK} in Quillon, or a stack of the project here`))
    .option("-C, --cwd <dir>", "the project's folder", ".")
    .option("--org <org>", "the organization (default: your default one)")
    .option("--as <stack>", `its name in Quillon, ${STACK}, if another stack has it; it is remembered`)
    .option("--expires <when>", `until when it can be used: 12h, 7d, or a day; at most ${MOST_DAYS}d`, "24h")
    .option("--output-file <file>", "where to write it", "quillon-requirements")
    .addHelpText("after", MORE)
    .action(exportRequirements);
}

const ROUTE = "POST /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/requirements";

/** A stack as Quillon names it, and what its program says. */
interface Exported {
  params: { orgName: string; projectName: string; stackName: string };
  facts?: RunFacts;
}

async function exportRequirements(options: Options): Promise<void> {
  const expires = parseEnd(options.expires, new Date());
  const session = await findServer(process.env);
  const client = clientOf(session);
  const files: SignedRequirements[] = [];
  const archives = new Map<string, Buffer>();
  for (const stack of await findStacks(client, session.url, options)) {
    const { text, signature } = await exportOne(client, { ...stack, expires, archives });
    files.push({ text, signature });
  }
  await writeWhole(options.outputFile, Readable.from([writeRequirementsFile(files, archives)]), 0o600);
  say(`Wrote ${options.outputFile}, which can be used until ${new Date(expires * 1000).toISOString()}.`);
}

/** @throws Error */
function parseEnd(text: string, now: Date): number {
  const expires = parseExpiry(text, now);
  if (expires * 1000 <= now.getTime()) throw new Error(`--expires can't be "${text}": that day has begun already.`);
  if (expires <= parseExpiry(`${MOST_DAYS}d`, now)) return expires;
  throw new Error(`--expires can't be "${text}": the file can be used for ${MOST_DAYS} days at most.`);
}

async function findStacks(client: Client, server: string, options: Options): Promise<Exported[]> {
  const { stack: named = [] } = options;
  const inQuillon = named.filter((one) => one.includes("/"));
  if (inQuillon.length === 0) return inFolder(client, server, options);
  const other = named.find((one) => !one.includes("/"));
  if (other !== undefined)
    throw new Error(
      `Name all stacks as Quillon does, with a /, or none of them: --stack ${other} is one of the project here.`,
    );
  return Promise.all(
    inQuillon.map(async (one) => {
      const { org, stack } = stackIn(one, options);
      const orgName = await organizationOf(client, org);
      return { params: { orgName, ...stack } };
    }),
  );
}

async function inFolder(
  client: Client,
  server: string,
  { stack: named = [], cwd: folder, as, ...options }: Options,
): Promise<Exported[]> {
  const { env } = process;
  const cwd = resolve(folder);
  const project = await readProject(cwd);
  const backend = await readBackend(project, { cwd, env });
  if (backend === normalBackend(server))
    throw new Error("The state of this stack is in Quillon itself, where each update asks what it must run.");
  const facts = await factsOf(project);
  const stacks = named.length > 0 ? named : [env.PULUMI_STACK || undefined];
  const { org, stack: names } = stackIn(as, options);
  const exported: Exported[] = [];
  for (const stack of stacks) {
    const place = await readPlace("pulumi", stack === undefined ? {} : { stack }, { project, backend, cwd, env });
    const known = await registerStack(client, {
      orgName: org,
      place,
      as: names && { project: names.projectName, stack: names.stackName },
    });
    const { orgName, projectName, stackName } = known;
    exported.push({ params: { orgName, projectName, stackName }, facts });
  }
  return exported;
}

async function exportOne(
  client: Client,
  { params, facts, expires, archives }: Exported & { expires: number; archives: Map<string, Buffer> },
): Promise<SignedRequirements> {
  const { metadata, ...program } = facts ?? {};
  const body = { expires, ...(facts && { program: { ...program, environment: metadata?.environment ?? {} } }) };
  const answer = await client.call(ROUTE, { params, body });
  const { packs } = JsonText.parse(answer.requirements) as Requirements;
  refuseEnvironments(packs);
  for (const { name, versionTag, archiveSha256 } of packs) {
    if (archives.has(archiveSha256)) continue;
    const what = `policy pack ${name} ${versionTag}`;
    const found = answer.archives.find((one) => one.archiveSha256 === archiveSha256);
    if (!found) throw new Error(`The server does not say what the archive of ${what} is. Publish the pack again.`);
    archives.set(archiveSha256, await fetchArchive(found, what));
  }
  say(`Stack ${params.orgName}/${params.projectName}/${params.stackName} must run ${namesOf(packs)}.`);
  return { text: answer.requirements, signature: answer.signature };
}
