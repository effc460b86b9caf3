import { execFile } from "node:child_process";
import { relative, sep } from "node:path";
import { promisify } from "node:util";
import envCi from "env-ci";
import hostedGitInfo from "hosted-git-info";

/**
 * What is known of the source that a pack is published from, under the names that the Pulumi CLI gives it:
 * https://github.com/pulumi/pulumi/blob/v3.200.0/pkg/backend/updates.go#L45
 */
export async function publishMetadata(directory = process.cwd()): Promise<Record<string, string>> {
  const all = { ...(await gitFacts(directory)), ...ciFacts() };
  return Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

type Facts = Record<string, string | undefined>;

async function gitFacts(cwd: string): Promise<Facts> {
  const git = async (...args: string[]) => (await promisify(execFile)("git", args, { cwd })).stdout.trim();
  const top = await git("rev-parse", "--show-toplevel").catch(() => undefined);
  if (!top) return {};
  const remote = await git("remote", "get-url", "origin").catch(() => "");
  const host = hostedGitInfo.fromUrl(remote);
  const vcs = {
    "vcs.owner": host?.user,
    "vcs.repo": host?.project,
    "vcs.kind": host?.domain,
    "vcs.root": root(top, cwd),
  };
  const head = await git("log", "-1", "--format=%H%n%cn%n%ce%n%an%n%ae").catch(() => undefined);
  if (!head) return vcs;
  const [commit, committer, committerEmail, author, authorEmail] = head.split("\n");
  const branch = await git("rev-parse", "--abbrev-ref", "HEAD");
  return {
    ...vcs,
    "git.head": commit,
    "git.headName": branch === "HEAD" ? undefined : branch,
    "git.committer": committer,
    "git.committer.email": committerEmail,
    "git.author": author,
    "git.author.email": authorEmail,
    "git.dirty": await git("status", "--porcelain").then(
      (changes) => String(changes !== ""),
      () => undefined,
    ),
  };
}

function root(top: string, cwd: string): string {
  return relative(top, cwd).split(sep).join("/") || ".";
}

function ciFacts(): Facts {
  const ci = envCi() as Partial<Record<"name" | "build" | "buildUrl" | "commit" | "branch", string>> & {
    isCi: boolean;
    pr?: string | number;
  };
  if (!ci.isCi) return {};
  return {
    "ci.system": ci.name ?? "generic-ci-system",
    "ci.build.id": ci.build,
    "ci.build.url": ci.buildUrl,
    "ci.pr.headSHA": ci.commit,
    "ci.pr.number": ci.pr ? String(ci.pr) : undefined,
  };
}
