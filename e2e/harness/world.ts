import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { linkProvider } from "../../tools/toolchain/providers.ts";
import { pulumiProgram, quillonProgram } from "./built.ts";
import { killEverything } from "./command.ts";
import { fillDataFolder } from "./database.ts";
import { preparedModules } from "./modules.ts";
import { Server } from "./server.ts";
import { Terminal } from "./terminal.ts";

/** Links that the CLI prints start with this URL. Nothing connects to it. */
export const consoleUrl = "http://quillon.example.com";

/** The versions that the tests' programs require. The echo provider stands in for both. */
export const providers = [
  { name: "random", version: "4.21.2" },
  { name: "aws", version: "7.14.0" },
];

/** A folder with a server, and the people who use it. Each person has their own home folder and token. */
export interface World {
  dir: string;
  server: Server;
  /** The first user's terminal. Every terminal starts in `dir`. */
  admin: Terminal;
  adminToken: string;
  /** A terminal with its own home folder. With a token, it is logged in. */
  person(name: string, token?: string): Terminal;
  close(): Promise<void>;
}

/**
 * Starts a server in a new folder. Its embedded database is a copy of one that was made before the tests, unless `data` is given.
 *
 * @param settings more environment variables for the server.
 * @param data the server's folder, if it is not one in the new folder.
 */
export async function openWorld(settings: Record<string, string> = {}, data?: string): Promise<World> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "quillon-e2e-")));
  symlinkSync(preparedModules(), join(dir, "node_modules"));
  const programs = writePrograms(join(dir, "bin"));
  const env = { ...plainEnvironment(programs), ...settings };
  if (!data && !settings.QUILLON_DATABASE_URL) fillDataFolder(join(dir, "data"));
  const server = new Server(data ?? join(dir, "data"), env);
  await server.start();
  const [made] = await server.prints(/^Made user .*$/m);
  const adminToken = settings.QUILLON_BOOTSTRAP_TOKEN ?? made.replace(/^.*: /, "");

  function person(name: string, token?: string): Terminal {
    const home = join(dir, "home", name);
    const env = { ...plainEnvironment(programs), ...pulumiEnvironment(home), HOME: home };
    return new Terminal(dir, token ? { ...env, PULUMI_BACKEND_URL: server.url, PULUMI_ACCESS_TOKEN: token } : env);
  }

  async function close(): Promise<void> {
    killEverything();
    await server.kill();
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  }

  return { dir, server, admin: person("admin", adminToken), adminToken, person, close };
}

/**
 * V8 compiles the busiest functions of the embedded database anew, for speed. That costs each process a second of processor time, which a
 * server gets back only if it lives longer than a test file. So they must be ten times as busy before it does.
 */
const v8Options = "--wasm-tiering-budget=18000000";

/** Makes `quillon` a command. @returns the PATH with it and the `pulumi` under test. */
function writePrograms(bin: string): string {
  mkdirSync(bin);
  writeFileSync(join(bin, "quillon"), `#!/bin/sh\nexec "${process.execPath}" ${v8Options} "${quillonProgram}" "$@"\n`);
  chmodSync(join(bin, "quillon"), 0o755);
  return [bin, dirname(pulumiProgram()), dirname(process.execPath)].join(":");
}

/** Contains no credentials of the person who runs the tests, and only the settings that npm needs to reach its registry. */
export function plainEnvironment(programs: string): Record<string, string> {
  const { PATH = "", LANG = "C.UTF-8" } = process.env;
  const env: Record<string, string> = { PATH: `${programs}:${PATH}`, LANG, NO_COLOR: "1" };
  for (const [name, value] of Object.entries(process.env)) {
    if (value && /^(https?_proxy|no_proxy|npm_config_(registry|cafile|noproxy)|node_extra_ca_certs)$/i.test(name))
      env[name] = value;
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
