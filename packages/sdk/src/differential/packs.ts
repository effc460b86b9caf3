import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { encodeStruct } from "@quillon/proto";
import { AnalyzeRequestSchema, AnalyzeResponseSchema } from "@quillon/proto/grpc";
import { afterAll, beforeAll } from "vitest";
import {
  buildOnce,
  connect,
  layPack,
  OUR_BOOT,
  type Peer,
  PULUMI_RUNNER,
  removeAll,
  type Started,
  startPack,
} from "./peers.ts";

// Packs on the built package, in processes of their own, started as the engine starts them.

export const POLICY = `{ name: "p", description: "d", validateResource: (args, report) => report(String(args.props.text)) }`;
export const PACK = `new PolicyPack("pack", { policies: [${POLICY}] });`;
export const REQUIRE = `const { PolicyPack, validateResourceOfType } = require("@quillon/policy");`;

/** Builds the SDK for the tests of a file. @returns what lays a pack with these files into a folder of its own. */
export function builtSdk({ declarations = false } = {}): (files: Record<string, string>) => string {
  let root: string;
  let count = 0;
  beforeAll(async () => {
    root = await buildOnce({ declarations });
  });
  afterAll(() => removeAll(root));
  return (files) => layPack(root, `pack-${++count}`, files);
}

export const RUNNERS = [
  ["our boot file", OUR_BOOT],
  ["Pulumi's runner", PULUMI_RUNNER],
] as const;

export async function serving<T>(
  directory: string,
  runner: string,
  use: (peer: Peer, stderr: () => string, child: Started["child"]) => Promise<T>,
  node: string[] = [],
) {
  const started = await startPack(directory, runner, node);
  const peer = connect(started);
  try {
    return await use(peer, started.stderr, started.child);
  } finally {
    peer.stop();
  }
}

export function analyzeRequest(fields: MessageInitShape<typeof AnalyzeRequestSchema>) {
  return toBinary(AnalyzeRequestSchema, create(AnalyzeRequestSchema, { options: {}, ...fields } as typeof fields));
}

export async function ask(peer: Peer, props: object): Promise<string[]> {
  const answer = await peer.call("Analyze", analyzeRequest({ type: "t", properties: encodeStruct(props) }));
  if (answer.code !== 0) throw new Error(`${answer.code}: ${answer.details}`);
  return fromBinary(AnalyzeResponseSchema, answer.bytes).diagnostics.map(({ message }) => message);
}
