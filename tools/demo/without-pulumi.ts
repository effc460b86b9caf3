// What the demo shows where there is no Pulumi CLI and nothing to build one with: the policy pack is published and enforced all the
// same, and `quillon check` holds two states against it that a Pulumi CLI could have left on the server.
import { mkdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Failure } from "../failure.ts";
import { repositoryDir } from "../repository.ts";
import type { DemoServer } from "./server.ts";
import { build, copyExample } from "./setup.ts";
import { Shell, say, title } from "./shell.ts";

/** Builds what this needs, in a folder of its own. @returns what shows it, and then says what comes next. */
export async function withoutPulumi(place: string): Promise<(server: DemoServer) => Promise<string>> {
  say("  There is no Pulumi CLI here, and no Go to build one, so this shows what Quillon does without either.");
  await build();
  const pack = await copyExample("packs/passwords", join(place, "pack"));
  const home = join(place, "pulumi-home");
  mkdirSync(home);
  return async (server) => {
    await show(new Shell(environment(home)), pack, server);
    return whatNext(server, home);
  };
}

async function show(shell: Shell, pack: string, server: DemoServer): Promise<void> {
  title("Log in");
  await shell.with({ QUILLON_TOKEN: server.token }).succeeds(`quillon login ${server.url}`);
  title("Publish the policy pack examples/packs/passwords as one bundle, which no machine has to install");
  await shell.in(pack).succeeds("quillon policy publish acme --require-bundled");
  title("Enforce it in the whole organization");
  await shell.succeeds("quillon policy enable acme/passwords latest");

  title("Put two states of examples/programs/passwords on the server, as `pulumi stack import` does");
  await makeStack(server, "dev", "violating.json");
  await makeStack(server, "prod", "fixed.json");
  title("Hold the first one, whose password is too short, against what its stack must run");
  const { code, output } = await shell.run("quillon check --stack acme/passwords/dev");
  if (code !== 2) throw new Failure(`The violating state should have ended with exit code 2, and not ${code}.`);
  if (!/\[mandatory\] password-length/.test(output)) {
    throw new Failure("The violating state failed, but not because of the policy password-length.");
  }
  say(`Stopped, with exit code ${code}.`);
  title("Hold the corrected one against the same");
  await shell.succeeds("quillon check --stack acme/passwords/prod");
  say("Passed.");
  title("It worked: the violating state was found out, and the corrected one has nothing mandatory against it");
}

async function makeStack({ url, token }: DemoServer, stackName: string, file: string): Promise<void> {
  const path = join("examples", "programs", "passwords", "states", file);
  const response = await fetch(`${url}/api/stacks/acme/passwords`, {
    method: "POST",
    headers: { authorization: `token ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ stackName, state: JSON.parse(readFileSync(join(repositoryDir, path), "utf8")) }),
  });
  if (!response.ok) throw new Failure(`The stack ${stackName} could not be made: ${await response.text()}`);
  say(`  acme/passwords/${stackName} has the state ${path}`);
}

/** Without the user's own settings and logins. */
function environment(home: string): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PULUMI|QUILLON)_/.test(name)));
  return {
    ...env,
    PATH: [join(repositoryDir, "node_modules/.bin"), env.PATH].join(delimiter),
    PULUMI_HOME: home,
    XDG_CACHE_HOME: join(home, "cache"),
  };
}

function whatNext({ url, token }: DemoServer, home: string): string {
  return `
What next? The server stays up until Ctrl-C.

  In a browser, with the access token ${token}
    ${url}/acme/passwords/dev
      which packs the stack must run, and why

  In another terminal, as this demo is logged in:
    export PATH="${join(repositoryDir, "node_modules/.bin")}:$PATH" PULUMI_HOME="${home}"
    quillon check --stack acme/passwords/dev
    quillon policy ls acme

  With the Pulumi CLI, \`pulumi preview\` and \`pulumi up\` run the same pack, and it stops them before anything is created:
    1. install it: https://www.pulumi.com/docs/install/
       or install Go (https://go.dev/dl), with which the demo builds one for itself, in some minutes
       or set QUILLON_PULUMI to the path of a pulumi binary
    2. npm run demo               # shows it, with examples/programs/passwords
       or log in to this server:  pulumi login ${url}    # with the same token

  Your own server, with a data folder that stays: npx quillon server --data DIR
`;
}
