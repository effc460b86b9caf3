import { Readable, Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { outliveOutputs, print } from "./broken-output.ts";

afterEach(() => vi.restoreAllMocks());

function failing(code: string): Writable {
  const error = Object.assign(new Error(`${code}: it fails`), { code });
  const output = new Writable({ write: (_chunk, _encoding, done) => done(error) });
  // Node.js's own outputs stay in use after an error, too.
  output.on("error", () => {});
  return output;
}

/** What is said, and what the process would end with. */
async function use(stdout: Writable) {
  const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const once = vi.spyOn(process, "once").mockReturnThis();
  outliveOutputs({ stdout, stderr: failing("EPIPE") });
  await print(Readable.from(["one\n", "two\n"]), stdout);
  await setImmediate();
  const [[event, atExit] = []] = once.mock.calls.filter(([name]) => name === "exit");
  const before = process.exitCode;
  if (event) (atExit as () => void)();
  const { exitCode } = process;
  process.exitCode = before;
  return { said: said.mock.calls.map(([text]) => text).join(""), exitCode };
}

test.each(["EPIPE", "EIO"])(
  "a reader that has read enough (%s) does not change what a command ends with",
  async (code) => {
    expect(await use(failing(code))).toEqual({ said: "", exitCode: process.exitCode });
  },
);

test("an output that can't be written is said, once, and the command ends with 1", async () => {
  expect(await use(failing("ENOSPC"))).toEqual({
    said: "quillon: The output can't be written: ENOSPC: it fails. Not all that was asked for is there.\n",
    exitCode: 1,
  });
});

test("what can't be read is an error of the command", async () => {
  const unreadable = new Readable({ read: () => unreadable.destroy(new Error("It is gone.")) });
  const stdout = new Writable({ write: (_chunk, _encoding, done) => done() });
  await expect(print(unreadable, stdout)).rejects.toThrow("It is gone.");
});
