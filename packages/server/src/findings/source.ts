/** In characters, of up to four bytes: it is in an index. A longer one is cut, because names of branches have no limit. */
const LONGEST = 200;

/**
 * Which change a run is about: its pull request, else its branch, as the CLI reports them with the update. What one branch
 * would violate says nothing of another.
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/util/ciutil/vars.go
 *
 * @returns `pr:7`, `branch:main`, or an empty text.
 */
export function sourceOf(environment: Readonly<Record<string, string>>): string {
  const pullRequest = environment["ci.pr.number"];
  if (pullRequest) return cut(`pr:${pullRequest}`);
  const branch = environment["git.headName"]?.replace(/^refs\/heads\//, "");
  return branch ? cut(`branch:${branch}`) : "";
}

function cut(source: string): string {
  return [...source.slice(0, 2 * LONGEST)].slice(0, LONGEST).join("");
}
