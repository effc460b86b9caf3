import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { normalBackend } from "@quillon/contract/backend-url";
import { credentialsFolder } from "../credentials.ts";
import { accountHome } from "../folders.ts";
import { helperEnv, helperOf } from "../required-packs/helper.ts";
import type { Guarded } from "./command-line.ts";

/** The project of a folder. */
export interface Project {
  name: string;
  runtime: string;
  description?: string;
  backend?: string;
  /** Its folder. */
  root: string;
}

/** Where a stack's state is, and the stack's names there. */
export interface Place {
  /** As `normalBackend` writes it, with the organization where the backend has several. */
  backend: string;
  project: string;
  stack: string;
}

type Env = NodeJS.ProcessEnv;

/** In the order in which the CLI looks for them: https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/encoding/marshal.go#L36 */
const PROJECT_FILES = ["Pulumi.json", "Pulumi.yaml", "Pulumi.yml"];

/** @throws Error that says what is missing. */
export async function readProject(cwd: string): Promise<Project> {
  for (let root = cwd; ; root = dirname(root)) {
    const path = PROJECT_FILES.map((name) => join(root, name)).find(isFile);
    if (path !== undefined) return projectOf(await readFile(path, "utf8"), path);
    if (dirname(root) === root)
      throw new Error(`There is no Pulumi.yaml in ${cwd} or above it. Go to a project's folder, or name one with -C.`);
  }
}

/** The CLI passes over folders of that name, and over what it can't look at. */
function isFile(path: string): boolean {
  try {
    return !statSync(path).isDirectory();
  } catch {
    return false;
  }
}

async function projectOf(text: string, path: string): Promise<Project> {
  const { parse } = await import("../yaml.ts");
  let file: { name?: unknown; runtime?: unknown; description?: unknown; backend?: { url?: unknown } };
  try {
    file = parse(text) ?? {};
  } catch (error) {
    throw new Error(`${path} can't be read: ${(error as Error).message}`);
  }
  if (typeof file.name !== "string") throw new Error(`${path} names no project.`);
  const runtime = typeof file.runtime === "object" ? (file.runtime as { name?: unknown } | null)?.name : file.runtime;
  return {
    name: file.name,
    runtime: typeof runtime === "string" ? runtime : "",
    root: dirname(path),
    ...(typeof file.description === "string" && { description: file.description }),
    ...(typeof file.backend?.url === "string" && { backend: file.backend.url }),
  };
}

/**
 * The backend that the CLI uses, chosen as it chooses:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/workspace/creds.go#L27
 *
 * @throws Error that says how to log in.
 */
export async function readBackend(project: Project, { cwd, env }: { cwd: string; env: Env }): Promise<string> {
  const url = env.PULUMI_BACKEND_URL || project.backend || (await currentLogin(env));
  if (!url)
    throw new Error(
      "The Pulumi CLI is not logged in, so it is not known where the stack's state is. Log in to its backend: pulumi login URL.",
    );
  const normal = normalBackend(wholeUrl(url, { cwd, env }));
  if (normal === undefined)
    throw new Error(`The backend ${url.replace(/\/\/[^/@]*@/, "//")} is not a URL that Quillon knows a backend by.`);
  return normal;
}

/** A URL that means the same everywhere, as far as it can: `file://~` is a folder of this machine. */
export function wholeUrl(url: string, { cwd, env }: { cwd: string; env: Env }): string {
  if (url.startsWith("file://")) {
    const path = url.slice("file://".length).replace(/^~(?=$|[\\/])/, accountHome());
    return pathToFileURL(resolve(cwd, path)).href;
  }
  if (url.startsWith("azblob://") && !/[?&]storage_account=/.test(url) && env.AZURE_STORAGE_ACCOUNT)
    return `${url}${url.includes("?") ? "&" : "?"}storage_account=${encodeURIComponent(env.AZURE_STORAGE_ACCOUNT)}`;
  return url;
}

async function currentLogin(env: Env): Promise<string | undefined> {
  const path = join(credentialsFolder(env), "credentials.json");
  const text = await readFile(path, "utf8").catch(() => "{}");
  try {
    return (JSON.parse(text) as { current?: string }).current;
  } catch (error) {
    throw new Error(`${path} can't be read: ${(error as Error).message}`);
  }
}

/**
 * The stack that the command is about. In a bucket or a folder a stack's name says all; else, and where none is named, the CLI is asked.
 *
 * @throws Error when no stack is selected.
 */
export async function readPlace(
  program: string,
  { stack }: Pick<Guarded, "stack">,
  { project, backend, cwd, env }: { project: Project; backend: string; cwd: string; env: Env },
): Promise<Place> {
  const isService = /^https?:/.test(backend);
  const whole = stack !== undefined && !isService ? stack : await selectedStack(program, { stack, cwd, env });
  return placeOf(whole, { project: project.name, backend });
}

/** @param whole `stack`, `organization/stack` or `organization/project/stack`. */
export function placeOf(whole: string, { project, backend }: Pick<Place, "project" | "backend">): Place {
  const parts = whole.split("/");
  const stack = parts.at(-1) ?? "";
  const owner = parts.length > 1 && /^https?:/.test(backend) ? `/${parts[0]}` : "";
  return { backend: `${backend}${owner}`, project: parts.length === 3 ? (parts[1] ?? project) : project, stack };
}

/** The stack's name with all that the CLI puts before it, such as the organization. @throws Error when no stack is selected. */
export async function selectedStack(
  program: string,
  { stack, cwd, env }: { stack: string | undefined; cwd: string; env: Env },
): Promise<string> {
  const args = [
    "stack",
    "--show-name",
    "--fully-qualify-stack-names",
    "--non-interactive",
    ...(stack ? ["--stack", stack] : []),
  ];
  const helper = helperOf(program);
  try {
    const { stdout } = await promisify(execFile)(helper, args, { cwd, env: helperEnv(env) });
    const name = stdout.trim().split("\n").at(-1)?.trim();
    if (name) return name;
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT") throw new Error(`There is no command ${helper}. Is it installed, and on the PATH?`);
    throw new Error(
      `${helper} says of the stack: ${stderr?.trim().replace(/^error: /, "") || (error as Error).message}`,
    );
  }
  throw new Error("No stack is selected. Name one with --stack, or select one: pulumi stack select.");
}
