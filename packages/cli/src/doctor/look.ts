import { execFile } from "node:child_process";
import { access, constants, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { credentialsFolder } from "../credentials.ts";
import { cacheFolder } from "../folders.ts";
import { send, Unreachable } from "../send.ts";
import { findSession } from "../session.ts";
import {
  type Finding,
  type Folder,
  judgeClock,
  judgeFolder,
  judgeLogins,
  judgeNode,
  judgeNpm,
  judgePulumi,
  judgePython,
  judgeServer,
  type Reached,
} from "./rules.ts";

type Env = NodeJS.ProcessEnv;

/** Looks at everything that Quillon needs on this machine, at the same time. */
export async function lookAround(env: Env): Promise<Finding[]> {
  const found = await Promise.all([tools(env), server(env), folders(env)]);
  return [{ what: "Node.js", ...judgeNode(process.versions.node) }, ...found.flat()];
}

async function tools(env: Env): Promise<Finding[]> {
  const python = process.platform === "win32" ? "python" : "python3";
  const [npm, version, venv, pulumi] = await Promise.all([
    run("npm", ["--version"], env),
    run(python, ["--version"], env),
    run(python, ["-c", "import ensurepip, venv"], env),
    run("pulumi", ["version"], { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" }),
  ]);
  return [
    { what: "npm", ...judgeNpm(npm.printed) },
    { what: "Python", ...judgePython(version.printed?.replace(/^Python /, ""), venv.failed) },
    { what: "Pulumi CLI", ...judgePulumi(pulumi.printed) },
  ];
}

async function run(program: string, args: string[], env: Env): Promise<{ printed?: string; failed?: string }> {
  try {
    // On Windows npm is no program but a script.
    const shell = process.platform === "win32";
    const { stdout } = await promisify(execFile)(program, args, { env, timeout: 30_000, shell });
    return { printed: stdout.trim() };
  } catch (error) {
    return { failed: (error as { stderr?: string }).stderr || (error as Error).message };
  }
}

async function server(env: Env): Promise<Finding[]> {
  try {
    const { url, token } = await findSession(env);
    const { reached, aheadMs } = await reach(url, token);
    const clock: Finding[] = aheadMs === undefined ? [] : [{ what: "Clock", ...judgeClock(aheadMs) }];
    return [{ what: "Server", ...judgeServer(reached) }, ...clock];
  } catch (error) {
    return [{ what: "Server", status: "warning", found: (error as Error).message }];
  }
}

async function reach(url: string, token: string): Promise<{ reached: Reached; aheadMs?: number }> {
  const asked = Date.now();
  try {
    const answer = await send(`${url}/api/user`, { method: "GET", headers: { authorization: `token ${token}` } });
    const text = await answer.text();
    const date = Date.parse(answer.headers.get("date") ?? "");
    // The server's second began up to a second ago.
    const ahead = (asked + Date.now()) / 2 - (date + 500);
    return {
      reached: { url, status: answer.status, ...said(text) },
      ...(!Number.isNaN(date) && { aheadMs: ahead }),
    };
  } catch (error) {
    const { message, cause } = error as Error;
    const what = error instanceof Unreachable ? error.what : message;
    return { reached: { url, message: what, code: (cause as NodeJS.ErrnoException | undefined)?.code ?? "" } };
  }
}

function said(text: string): Pick<Reached, "user" | "message"> {
  try {
    const { githubLogin, message } = JSON.parse(text) as { githubLogin?: string; message?: string };
    return { ...(githubLogin !== undefined && { user: githubLogin }), ...(message !== undefined && { message }) };
  } catch {
    return { message: text.slice(0, 200) };
  }
}

async function folders(env: Env): Promise<Finding[]> {
  const logins = join(credentialsFolder(env), "credentials.json");
  const mode =
    process.platform === "win32"
      ? undefined
      : await stat(logins).then(
          (found) => found.mode,
          () => undefined,
        );
  const judged = judgeLogins(logins, mode);
  return [
    { what: "Pulumi's folder", ...judgeFolder(await tryFolder(credentialsFolder(env)), "PULUMI_HOME") },
    { what: "Cache", ...judgeFolder(await tryFolder(cacheFolder()), "XDG_CACHE_HOME") },
    ...(judged ? [{ what: "Logins", ...judged }] : []),
  ];
}

/** A folder that is not there yet is made in the one that is to have it. */
async function tryFolder(path: string, from = path): Promise<Folder> {
  try {
    await access(from, constants.W_OK | constants.X_OK);
    return { path };
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    return code === "ENOENT" && dirname(from) !== from ? tryFolder(path, dirname(from)) : { path, failed: code };
  }
}
