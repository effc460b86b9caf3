import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { pythonBoot, pythonLaunch } from "../assets.ts";
import { BOOT_FILE } from "../sdk.ts";
import { TestFolder } from "../testing.ts";
import { thisMachine } from "./targets.ts";

/** In the place of the SDK's, which takes pip to install. */
const sdk = `import sys, os, beside
print(1234, flush=True)
sys.stderr.write(f"{sys.argv[1:]} {os.path.basename(sys.path[0])} {beside.NAME}\\n")
if "path" in sys.argv: sys.stderr.write(f"{sys.path}\\n")
if "ends" in sys.argv: sys.exit(7)
if "fails" in sys.argv: raise ValueError("what the author did")
import time
while True: time.sleep(60)
`;

interface Surroundings {
  machines?: string;
  env?: NodeJS.ProcessEnv;
  /** A program, with its arguments, that starts the pack. */
  by?: string[];
}

/** Starts a pack as the engine does. */
async function start(args: string[], { machines, env = {}, by = [] }: Surroundings = {}) {
  const here = await thisMachine();
  const machine = `${here.python}-${here.platform}`;
  const folder = new TestFolder({
    "beside.py": "NAME = 'of the pack'",
    [BOOT_FILE]: String(pythonBoot()),
    ".python/launch.py": String(pythonLaunch()),
    ".python/machines.txt": machines ?? `${machine}\n`,
    [`.python/${machine}/pulumi/__init__.py`]: "",
    [`.python/${machine}/pulumi/policy/__init__.py`]: "",
    [`.python/${machine}/pulumi/policy/__main__.py`]: sdk,
  });
  onTestFinished(() => folder.remove());
  const [program = "", ...all] = [...by, process.execPath, BOOT_FILE, "127.0.0.1:1", ".", ...args];
  const child = spawn(program, all, {
    cwd: folder.directory,
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, folder, stderr: text(child.stderr) };
}

/** Python has its stderr, which is closed when both have ended. */
const ended = async (child: ChildProcessByStdio<Writable, Readable, Readable>) => (await once(child, "close"))[0];

async function firstLine({ stdout }: { stdout: Readable }): Promise<unknown> {
  const [line] = await once(createInterface({ input: stdout }), "line");
  return line;
}

test("Python gets the engine's arguments, imports what is in the pack, and its port is the first line", async () => {
  const { child, folder, stderr } = await start(["-v=3", "ends"]);
  expect(await firstLine(child)).toBe("1234");
  expect(await ended(child)).toBe(7);
  const name = folder.directory.replace(/.*\//, "");
  expect(await stderr).toBe(`['127.0.0.1:1', '.', '-v=3', 'ends'] ${name} of the pack\n`);
});

test("what Python itself imports from stays the same with PYTHONSAFEPATH", async () => {
  const paths = async (env: NodeJS.ProcessEnv) => {
    const { child, folder, stderr } = await start(["path", "ends"], { env });
    expect(await ended(child)).toBe(7);
    return (await stderr).split("\n")[1]?.replaceAll(folder.directory, "");
  };
  expect(await paths({ PYTHONSAFEPATH: "1" })).toBe(await paths({ PYTHONSAFEPATH: undefined }));
});

test("what a pack fails with is told with the author's words", async () => {
  const { child, stderr } = await start(["fails"]);
  expect(await ended(child)).toBe(1);
  expect(await stderr).toContain("ValueError: what the author did");
});

test.each<[string, (child: ChildProcessByStdio<Writable, Readable, Readable>) => void]>([
  ["the engine closes its end of stdin", (child) => child.stdin.end()],
  ["Node.js is killed", (child) => child.kill("SIGKILL")],
  ["Node.js is interrupted", (child) => child.kill("SIGINT")],
])("Python ends when %s", async (_, end) => {
  const { child } = await start([]);
  await firstLine(child);
  end(child);
  await ended(child);
});

test("Python ends when what started Node.js is killed, though stdin is still open", async () => {
  const { child } = await start([], { by: ["sh", "-c", '"$@"; true', "sh"] });
  await firstLine(child);
  child.kill("SIGKILL");
  await ended(child);
});

test("on a machine that the pack was not made for, it says for which it was", async () => {
  const { child, stderr } = await start([], { machines: "2.7-amiga\n3.99-amiga\n" });
  expect(await ended(child)).toBe(1);
  expect(await stderr).toContain("This policy pack is for Python 2.7-amiga, 3.99-amiga, and ");
});

test("without Python, it says what to do", async () => {
  const { child, stderr } = await start([], { env: { PULUMI_PYTHON_CMD: "no-such-python" } });
  expect(await ended(child)).toBe(1);
  expect(await stderr).toBe(
    "This policy pack needs Python, and no-such-python does not start: spawn no-such-python ENOENT. Install Python, or name the program in PULUMI_PYTHON_CMD.\n",
  );
});
