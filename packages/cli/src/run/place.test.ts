import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, expect, test } from "vitest";
import { placeOf, readBackend, readPlace, readProject, wholeUrl } from "./place.ts";

const dir = mkdtempSync(join(tmpdir(), "quillon-place-"));
afterAll(() => rmSync(dir, { recursive: true }));

test.each<[url: string, whole: string, env?: NodeJS.ProcessEnv]>([
  ["file://~", `file://${userInfo().homedir}`],
  ["file://~/states", `file://${userInfo().homedir}/states`],
  ["file://states", "file:///home/ada/states"],
  ["file://./states", "file:///home/ada/states"],
  ["file:///a b", "file:///a%20b"],
  ["s3://states?region=x", "s3://states?region=x"],
  ["azblob://states", "azblob://states?storage_account=acme", { AZURE_STORAGE_ACCOUNT: "acme" }],
  ["azblob://states?storage_account=a", "azblob://states?storage_account=a", { AZURE_STORAGE_ACCOUNT: "acme" }],
])("%s is %s", (url, whole, env = {}) => expect(wholeUrl(url, { cwd: "/home/ada", env })).toBe(whole));

const disk = "s3://states";
const service = "https://api.pulumi.com";
test.each<[whole: string, backend: string, wanted: object]>([
  ["dev", disk, { backend: disk, project: "web", stack: "dev" }],
  ["organization/shop/dev", disk, { backend: disk, project: "shop", stack: "dev" }],
  ["acme/web/dev", service, { backend: `${service}/acme`, project: "web", stack: "dev" }],
  ["acme/dev", service, { backend: `${service}/acme`, project: "web", stack: "dev" }],
])("%s in %s", (whole, backend, wanted) => expect(placeOf(whole, { project: "web", backend })).toEqual(wanted));

test("a project is found in a folder above, and says its backend", async () => {
  writeFileSync(
    join(dir, "Pulumi.yaml"),
    "name: web\nruntime: {name: nodejs}\nbackend: {url: 's3://states?region=x'}\n",
  );
  const project = await readProject(join(dir, "below"));
  expect(project).toMatchObject({ name: "web", runtime: "nodejs", root: dir });
  const cwd = dir;
  expect(await readBackend(project, { cwd, env: {} })).toBe("s3://states");
  expect(await readBackend(project, { cwd, env: { PULUMI_BACKEND_URL: "gs://b" } })).toBe("gs://b");
  const { backend: _, ...without } = project;
  const env = { PULUMI_HOME: dir };
  await expect(readBackend(without, { cwd, env })).rejects.toThrow("The Pulumi CLI is not logged in");
  writeFileSync(join(dir, "credentials.json"), '{"current":"https://x:y@api.pulumi.com"}');
  expect(await readBackend(without, { cwd, env })).toBe(service);
  await expect(readBackend(project, { cwd, env: { PULUMI_BACKEND_URL: "nothing" } })).rejects.toThrow("not a URL");
  writeFileSync(join(dir, "Pulumi.yaml"), "runtime: nodejs\n");
  await expect(readProject(dir)).rejects.toThrow("names no project");
  writeFileSync(join(dir, "Pulumi.yaml"), "name: [\n");
  await expect(readProject(dir)).rejects.toThrow("can't be read");
  await expect(readProject("/")).rejects.toThrow("There is no Pulumi.yaml");
});

test("of several project files it is the one that the CLI takes", async () => {
  const root = join(dir, "several");
  mkdirSync(join(root, "Pulumi.json"), { recursive: true });
  writeFileSync(join(root, "Pulumi.yml"), "name: of-yml\nruntime: nodejs\n");
  expect((await readProject(root)).name).toBe("of-yml");
  writeFileSync(join(root, "Pulumi.yaml"), "name: of-yaml\nruntime: nodejs\n");
  expect((await readProject(root)).name).toBe("of-yaml");
  rmSync(join(root, "Pulumi.json"), { recursive: true });
  writeFileSync(join(root, "Pulumi.json"), '{"name":"of-json","runtime":"nodejs"}');
  expect((await readProject(root)).name).toBe("of-json");
});

test("the program is asked from the folder of this process, without the command's variables", async () => {
  const program = pulumi("asked", 'echo "dev$PULUMI_OPTION_SHOW_NAME"');
  const env = { ...process.env, PULUMI_OPTION_SHOW_NAME: "false" };
  const at = { project: { name: "web", runtime: "nodejs", root: dir }, backend: disk, cwd: tmpdir(), env };
  expect(await readPlace(relative(".", program), {}, at)).toMatchObject({ stack: "dev" });
});

test("without a stack the program is asked, and says why there is none", async () => {
  const project = { name: "web", runtime: "nodejs", root: dir };
  const at = { project, backend: disk, cwd: dir, env: process.env };
  expect(await readPlace("/nowhere/pulumi", { stack: "dev" }, at)).toMatchObject({ stack: "dev" });
  await expect(readPlace("/nowhere/pulumi", {}, at)).rejects.toThrow("There is no command /nowhere/pulumi");
  await expect(readPlace(pulumi("silent", ""), {}, at)).rejects.toThrow("No stack is selected");
  await expect(readPlace(pulumi("failing", "exit 1"), {}, at)).rejects.toThrow("failing/pulumi says of the stack");
  const stack = expect.stringContaining("--non-interactive");
  expect(await readPlace(pulumi("echoing", 'echo "$@"'), {}, at)).toMatchObject({ stack });
});

test("a program that is not the Pulumi CLI itself is not started to ask for the stack: it may deploy", async () => {
  const deploy = join(dir, "deploy.sh");
  writeFileSync(deploy, `#!/bin/sh\ntouch ${join(dir, "deployed")}\n`, { mode: 0o755 });
  const env = { ...process.env, PATH: dirname(pulumi("on-path", "echo dev")) };
  const at = { project: { name: "web", runtime: "nodejs", root: dir }, backend: disk, cwd: dir, env };
  expect(await readPlace(deploy, {}, at)).toMatchObject({ stack: "dev" });
  expect(existsSync(join(dir, "deployed"))).toBe(false);
});

/** A Pulumi CLI that does no more than this. */
function pulumi(folder: string, script: string): string {
  const program = join(dir, folder, "pulumi");
  mkdirSync(join(dir, folder));
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return program;
}
