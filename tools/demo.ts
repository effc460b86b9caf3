// npm run demo: from a fresh clone to a `pulumi up` that a policy stops, and the corrected program that passes. Where there is no
// Pulumi CLI and no Go to build one, `quillon check` of two states takes its place (demo/without-pulumi.ts). Then the
// server stays up until Ctrl-C, so that people can try it. With `-- --once` the demo ends by itself, with 0 when everything
// happened as it should and 1 otherwise.
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DemoServer, startServer } from "./demo/server.ts";
import { build, canHavePulumi, copyExample, findOrBuildPulumi, pulumiEnvironment } from "./demo/setup.ts";
import { Shell, say, title } from "./demo/shell.ts";
import { withoutPulumi } from "./demo/without-pulumi.ts";
import { Failure } from "./failure.ts";

const HELP = `npm run demo: shows how a policy stops a \`pulumi up\`, in a server of its own, which stays up until Ctrl-C. Without
a Pulumi CLI, and without Go to build one, it shows what \`quillon check\` says instead.

  npm run demo               builds what is missing, and prints each command and what it answers
  npm run demo -- --once     ends by itself, with exit code 0 when everything happened as it should`;

export async function main(args: string[]): Promise<void> {
  if (args.includes("--help") || args.includes("-h")) return say(HELP);
  const unknown = args.filter((arg) => arg !== "--once");
  if (unknown.length > 0) throw new Failure(`npm run demo does not know ${unknown.join(" ")}.\n\n${HELP}`);
  const once = args.includes("--once");
  const place = realpathSync(mkdtempSync(join(tmpdir(), "quillon-demo-")));
  let server: DemoServer | undefined;
  let worked = false;
  const cleanUp = async () => {
    await server?.stop();
    rmSync(place, { recursive: true, force: true, maxRetries: 3 });
  };
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => void cleanUp().then(() => process.exit(worked ? 0 : 130)));
  }
  try {
    title("Setting up");
    const perform = await (canHavePulumi() ? withPulumi : withoutPulumi)(place);
    server = await startServer(join(place, "data"));
    const next = await perform(server);
    worked = true;
    if (once) return;
    say(next);
    await server.closed;
  } finally {
    await cleanUp();
  }
}

async function withPulumi(place: string): Promise<(server: DemoServer) => Promise<string>> {
  const stage = await setUp(place);
  return async (server) => whatNext(stage, server, await show(stage, server));
}

export interface Stage {
  /** The folders of the policy pack and of the program. */
  pack: string;
  program: string;
  env: NodeJS.ProcessEnv;
}

/** Builds what the demo needs, in a folder of its own. */
export async function setUp(place: string): Promise<Stage> {
  const pulumi = await findOrBuildPulumi();
  await build();
  const [pack, program] = await Promise.all([
    copyExample("packs/passwords", join(place, "pack")),
    copyExample("programs/passwords", join(place, "program")),
  ]);
  return { pack, program, env: pulumiEnvironment({ pulumi, home: join(place, "pulumi-home"), program }) };
}

/**
 * What the demo shows, from logging in to the update that passes.
 *
 * @returns the page of the preview that was stopped.
 */
export async function show({ pack, program, env }: Stage, server: DemoServer): Promise<string> {
  // So that the links which the CLI prints open the console.
  const shell = new Shell(env).with({ PULUMI_CONSOLE_DOMAIN: new URL(server.url).host });
  title("Log in with the unmodified Pulumi CLI");
  await shell.with({ PULUMI_ACCESS_TOKEN: server.token }).succeeds(`pulumi login ${server.url}`);
  title("Publish the policy pack examples/packs/passwords as one bundle, which no machine has to install");
  await shell.in(pack).succeeds("quillon policy publish acme --require-bundled");
  title("Enforce it in the whole organization");
  await shell.succeeds("pulumi policy enable acme/passwords latest");

  const inProgram = shell.in(program);
  title("Run examples/programs/passwords, whose password is too short");
  await inProgram.succeeds("pulumi stack init acme/dev");
  const stopped = await isStopped(inProgram);
  title("Correct it, and run it again");
  await inProgram.succeeds("pulumi config set length 20");
  await passes(inProgram);

  title("It worked: the violating program was stopped before anything existed, the corrected one went through");
  return stopped;
}

/** @returns the address that the CLI printed. */
async function isStopped(inProgram: Shell): Promise<string> {
  const { code, output } = await inProgram.run("pulumi up --yes");
  if (code === 0) throw new Failure("The violating program was let through.");
  if (!/\[mandatory\].*password-length/.test(output)) {
    throw new Failure("The violating program failed, but not because of the policy password-length.");
  }
  if ((await createdBy(inProgram)).length > 0) throw new Failure("The violating program was stopped too late.");
  const [, address] = /View Live: (\S+)/.exec(output) ?? [];
  if (!address) throw new Failure("The CLI printed no link to the preview that was stopped.");
  say(`Stopped, with exit code ${code}. Nothing was created.`);
  return address;
}

async function passes(inProgram: Shell): Promise<void> {
  await inProgram.succeeds("pulumi up --yes");
  const created = await createdBy(inProgram);
  if (created.length !== 1) throw new Failure(`The corrected program should have created one resource: ${created}.`);
  say(`Passed. The server has the state: ${created[0]}`);
}

/** URNs of the stack's own resources, according to the server. */
async function createdBy(inProgram: Shell): Promise<string[]> {
  const exported = await inProgram.reads("pulumi stack export");
  const { deployment }: { deployment: { resources?: { urn: string }[] } } = JSON.parse(exported);
  return (deployment.resources ?? []).map(({ urn }) => urn).filter((urn) => !urn.includes("::pulumi:"));
}

function whatNext({ program, env }: Stage, { url, token }: DemoServer, stopped: string): string {
  return `
What next? The server stays up until Ctrl-C.

  In a browser, with the access token ${token}
    ${stopped}
      what was violated, by which resource, and why the policy applies to it
    ${url}/acme
      the overview: it shows what is blocked now, so nothing until the next run is stopped

  With your own Pulumi CLI:
    pulumi login ${url}                # with the same token

  Or with the demo's, which is logged in, in another terminal:
    export PATH="${env.PATH?.split(":")[0]}:$PATH" PULUMI_HOME="${env.PULUMI_HOME}"
    export PULUMI_CONSOLE_DOMAIN="${new URL(url).host}"      # so that it prints links to the console
    cd ${program}
    pulumi config set length 8 && pulumi preview        # stopped again
    pulumi policy disable acme/passwords                # now it passes
    pulumi policy ls acme && pulumi stack history

  Your own server, with a data folder that stays: npx quillon server --data DIR
`;
}
