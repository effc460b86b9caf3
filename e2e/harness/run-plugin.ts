import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { pulumiProgram } from "./built.ts";

const require = createRequire(import.meta.url);

/**
 * Boots a pack through the RunPlugin call of the Node.js language host, as newer CLIs do, and ends it.
 *
 * @returns the first lines that the pack printed.
 */
export async function runPlugin(packDir: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const grpc = require("@grpc/grpc-js");
  const { LanguageRuntimeClient } = require("@pulumi/pulumi/proto/language_grpc_pb");
  const host = spawn(join(dirname(pulumiProgram()), "pulumi-language-nodejs"), ["127.0.0.1:1"], { env });
  try {
    const port = await new Promise((resolve) => host.stdout.once("data", (data) => resolve(String(data).trim())));
    const client = new LanguageRuntimeClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    const call = client.runPlugin(requestFor(packDir, env));
    call.on("error", () => {});
    const lines = await new Promise<string[]>((resolve, reject) => {
      call.on("data", (message: { getStdout_asU8(): Uint8Array }) => {
        const text = Buffer.from(message.getStdout_asU8()).toString();
        if (text) resolve(text.split("\n"));
      });
      call.on("end", () => reject(new Error("The pack ended before it printed a line.")));
    });
    call.cancel();
    client.close();
    await refused(Number(lines[0]));
    return lines;
  } finally {
    host.kill();
  }
}

function requestFor(packDir: string, env: NodeJS.ProcessEnv): unknown {
  const { ProgramInfo, RunPluginRequest } = require("@pulumi/pulumi/proto/language_pb");
  const { Struct } = require("google-protobuf/google/protobuf/struct_pb");
  const info = new ProgramInfo();
  info.setRootDirectory(packDir);
  info.setProgramDirectory(packDir);
  info.setEntryPoint(".");
  info.setOptions(Struct.fromJavaScript({}));
  const request = new RunPluginRequest();
  request.setPwd(packDir);
  request.setArgsList(["127.0.0.1:1"]);
  request.setEnvList(Object.entries({ ...env, PULUMI_CONFIG: "{}" }).map(([key, value]) => `${key}=${value}`));
  request.setInfo(info);
  request.setKind("analyzer");
  return request;
}

/** Resolves when nothing listens on the port: the host must end the pack before the host itself is ended. */
function refused(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => resolve());
    socket.on("close", (hadError) => hadError || resolve(refused(port)));
    socket.on("connect", () => setTimeout(() => socket.destroy(), 50));
  });
}
