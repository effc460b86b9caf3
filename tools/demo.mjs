// npm run demo: from a fresh clone to a `pulumi up` that a policy stops, and the mended one that passes. Then the server
// stays up to be tried, until Ctrl-C; with `-- --once` it ends by itself, with 0 when all of that was so and 1 otherwise.
// Nothing is imported but Node.js itself: this runs before anything is installed.
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "./demo/server.mjs";
import { build, copyExample, findOrBuildPulumi, pulumiEnvironment, requireNode } from "./demo/setup.mjs";
import { DemoError, Shell, say, title } from "./demo/shell.mjs";

const once = process.argv.slice(2).includes("--once");
const place = realpathSync(mkdtempSync(join(tmpdir(), "quillon-demo-")));
let server;
let worked = false;

async function main() {
  requireNode();
  title("Setting up");
  const pulumi = await findOrBuildPulumi();
  await build();
  const [pack, program] = await Promise.all([
    copyExample("packs/passwords", join(place, "pack")),
    copyExample("programs/passwords", join(place, "program")),
  ]);
  server = await startServer(join(place, "data"));
  const env = pulumiEnvironment({ pulumi, home: join(place, "pulumi-home"), program });
  const shell = new Shell(env);

  title("Log in, with the Pulumi CLI as it is");
  await shell.with({ PULUMI_ACCESS_TOKEN: server.token }).succeeds(`pulumi login ${server.url}`);
  title("Publish the policy pack examples/packs/passwords, and enforce it in the whole organization");
  await shell.in(pack).succeeds("pulumi policy publish acme");
  await shell.succeeds("pulumi policy enable acme/passwords latest");

  const inProgram = shell.in(program);
  title("Run examples/programs/passwords, whose password is too short");
  await inProgram.succeeds("pulumi stack init acme/dev");
  await isStopped(inProgram);
  title("Mend it, and run it again");
  await inProgram.succeeds("pulumi config set length 20");
  await passes(inProgram);

  title("It worked: the violating program was stopped before anything existed, the mended one went through");
  if (!once) whatNext({ program, env });
}

async function isStopped(inProgram) {
  const { code, output } = await inProgram.run("pulumi up --yes");
  if (code === 0) throw new DemoError("The violating program was let through.");
  if (!/\[mandatory\].*password-length/.test(output)) {
    throw new DemoError("The violating program failed, but not by the policy password-length.");
  }
  if ((await createdBy(inProgram)).length > 0) throw new DemoError("The violating program was stopped too late.");
  say(`Stopped, with exit code ${code}. Nothing was created.`);
}

async function passes(inProgram) {
  await inProgram.succeeds("pulumi up --yes");
  const created = await createdBy(inProgram);
  if (created.length !== 1) throw new DemoError(`The mended program should have created one resource: ${created}.`);
  say(`Passed. The server holds the state: ${created[0]}`);
}

/** URNs of the stack's own resources, by what the server has. */
async function createdBy(inProgram) {
  const { deployment } = JSON.parse(await inProgram.reads("pulumi stack export"));
  return (deployment.resources ?? []).map(({ urn }) => urn).filter((urn) => !urn.includes("::pulumi:"));
}

function whatNext({ program, env }) {
  const url = server.url;
  say(`
What next? The server stays up until Ctrl-C.

  With a Pulumi CLI of your own:
    pulumi login ${url}
    token: ${server.token}

  Or with the demo's, which is logged in, in another terminal:
    export PATH="${env.PATH.split(":")[0]}:$PATH" PULUMI_HOME="${env.PULUMI_HOME}"
    cd ${program}
    pulumi config set length 8 && pulumi preview        # stopped again
    pulumi policy disable acme/passwords                # and now it is not
    pulumi policy ls acme && pulumi stack history

  Your own server, with a data folder that stays: npx quillon server --data DIR
`);
}

async function end(code) {
  await server?.stop();
  rmSync(place, { recursive: true, force: true, maxRetries: 3 });
  process.exit(code);
}

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => end(worked ? 0 : 130));

try {
  await main();
  worked = true;
  if (once) await end(0);
  await server.closed;
} catch (error) {
  console.error(error instanceof DemoError ? `\n${error.message}` : error);
  await end(1);
}
