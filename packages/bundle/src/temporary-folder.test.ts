import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const typescript = join(import.meta.dirname, "../../../tools/register-typescript.mjs");

/**
 * Runs a script in a temporary folder that starts a program, which connects to a port and says where it is. A signal reaches it again while it
 * tidies up.
 */
const work = (port: number, signal: string) => `
import { inTemporaryFolder } from ${JSON.stringify(new URL("temporary-folder.ts", import.meta.url))};
import { run } from ${JSON.stringify(new URL("run.ts", import.meta.url))};
import { atEnd } from ${JSON.stringify(new URL("../../runner/src/at-end.ts", import.meta.url))};
const command = ["sh", "-c", 'node -e "require(\\'net\\').connect(${port}).write(process.cwd())" & wait'];
await inTemporaryFolder("quillon-test-", (directory) => {
  atEnd(() => process.kill(process.pid, "${signal}"));
  return run(command, directory);
});`;

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s ends what was started, and leaves no folder",
  async (signal) => {
    const server = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const args = ["--import", typescript, "--input-type=module", "-e", work(port, signal)];
    const child = spawn(process.execPath, args, { stdio: "inherit" });
    const ended = once(child, "exit");
    const [socket] = (await once(server, "connection")) as [Socket];
    const directory = String((await once(socket, "data"))[0]);
    expect(existsSync(directory)).toBe(true);
    const closed = once(socket, "close");
    child.kill(signal);
    child.kill(signal);
    await closed;
    expect((await ended)[1]).toBe(signal);
    expect(existsSync(directory)).toBe(false);
  },
);

test("processes are ended before folders are removed, whichever began first", () => {
  const script = `
import { writeSync } from "node:fs";
import { atEnd } from ${JSON.stringify(new URL("../../runner/src/at-end.ts", import.meta.url))};
for (const [name, isProcess] of [["1", true], ["2", true], ["a", false], ["b", false]])
  atEnd(() => writeSync(1, name), { isProcess });`;
  const args = ["--import", typescript, "--input-type=module", "-e", script];
  expect(spawnSync(process.execPath, args, { encoding: "utf8" }).stdout).toBe("21ba");
});
