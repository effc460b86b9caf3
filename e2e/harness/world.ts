import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { linkProvider } from "../../tools/toolchain/providers.ts";
import { pulumiProgram, quillonProgram } from "./built.ts";
import { killEverything } from "./command.ts";
import { preparedModules } from "./modules.ts";
import { Server } from "./server.ts";
import { Terminal } from "./terminal.ts";

/** Links in what the CLI prints start with it. Nothing is asked of it. */
export const consoleUrl = "http://quillon.example.com";

/** The versions that the tests' programs ask for; the echo provider answers for both. */
export const providers = [
  { name: "random", version: "4.21.2" },
  { name: "aws", version: "7.14.0" },
];

/** A folder with a server, and people who use it, each with a home and a token of their own. */
export interface World {
  dir: string;
  server: Server;
  /** The first user's terminal. Everybody stands in `dir` until they change to another folder. */
  admin: Terminal;
  adminToken: string;
  /** Somebody with their own home; signed in when they have a token. */
  person(name: string, token?: string): Terminal;
  close(): Promise<void>;
}

/** Starts a server on a fresh folder. @param settings more environment for the server. */
export async function openWorld(settings: Record<string, string> = {}): Promise<World> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "quillon-e2e-")));
  symlinkSync(preparedModules(), join(dir, "node_modules"));
  const bin = writePrograms(join(dir, "bin"));
  const server = new Server(join(dir, "data"), { ...plainEnvironment(bin), ...settings });
  await server.start();
  const [made] = await server.prints(/^Made user .*$/m);
  const adminToken = settings.QUILLON_BOOTSTRAP_TOKEN ?? made.replace(/^.*: /, "");

  function person(name: string, token?: string): Terminal {
    const home = join(dir, "home", name);
    const env = { ...plainEnvironment(bin), ...pulumiEnvironment(home), HOME: home };
    return new Terminal(dir, token ? { ...env, PULUMI_BACKEND_URL: server.url, PULUMI_ACCESS_TOKEN: token } : env);
  }

  async function close(): Promise<void> {
    killEverything();
    await server.kill();
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  }

  return { dir, server, admin: person("admin", adminToken), adminToken, person, close };
}

/** `quillon` as a command, beside the `pulumi` under test. */
function writePrograms(bin: string): string {
  mkdirSync(bin);
  writeFileSync(join(bin, "quillon"), `#!/bin/sh\nexec "${process.execPath}" "${quillonProgram}" "$@"\n`);
  chmodSync(join(bin, "quillon"), 0o755);
  return [bin, dirname(pulumiProgram()), dirname(process.execPath)].join(":");
}

/** What a machine has to have, and nothing of who runs the tests: no credentials, and no settings but of npm's access. */
function plainEnvironment(bin: string): Record<string, string> {
  const { PATH = "", LANG = "C.UTF-8" } = process.env;
  const env: Record<string, string> = { PATH: `${bin}:${PATH}`, LANG, NO_COLOR: "1" };
  for (const [name, value] of Object.entries(process.env)) {
    if (value && /^(https?_proxy|no_proxy|npm_config_(registry|cafile|noproxy))$/i.test(name)) env[name] = value;
  }
  return {
    ...env,
    npm_config_userconfig: process.env.npm_config_userconfig ?? join(homedir(), ".npmrc"),
    npm_config_cache: process.env.npm_config_cache ?? join(homedir(), ".npm"),
    npm_config_prefer_offline: "true",
    npm_config_audit: "false",
    npm_config_update_notifier: "false",
  };
}

function pulumiEnvironment(home: string): Record<string, string> {
  const pulumiHome = join(home, ".pulumi");
  for (const provider of providers) linkProvider(pulumiHome, provider);
  return {
    PULUMI_HOME: pulumiHome,
    PULUMI_CONSOLE_DOMAIN: new URL(consoleUrl).host,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}
