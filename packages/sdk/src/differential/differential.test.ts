import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { type AnalyzerResourceSchema, decodeStruct, encodeStruct } from "@quillon/proto";
import {
  AnalyzeRequestSchema,
  AnalyzeResponseSchema,
  AnalyzerStackConfigureRequestSchema,
  AnalyzeStackRequestSchema,
  ConfigureAnalyzerRequestSchema,
  RemediateResponseSchema,
} from "@quillon/proto/grpc";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EnforcementLevel } from "../levels.ts";
import { toWireLevel } from "../levels.ts";
import { bothPaths, type SecretPaths, secretIn, secretPathsOf } from "../secrets/paths.ts";
import { type Resource, type TestCase, testCase } from "./cases.ts";
import {
  buildOnce,
  connect,
  layPack,
  OUR_BOOT,
  type PackAnswer,
  type Peer,
  PULUMI_RUNNER,
  removeAll,
  startPack,
} from "./peers.ts";

// The npm package and ours, side by side: the same pack, the same requests over gRPC, the answers compared by field.
// QUILLON_DIFFERENTIAL_RUNS and _SEED set how many cases and which ones: in CI always the same, so that a change is judged by
// what it changed; elsewhere other ones each time.

const RUNS = Number(process.env.QUILLON_DIFFERENTIAL_RUNS ?? 10_000);
const SEED = Number(process.env.QUILLON_DIFFERENTIAL_SEED ?? (process.env.CI ? 1 : Date.now() % 2 ** 31));

let root: string;
let peers: { original: Peer; ours: Peer };

beforeAll(async () => {
  root = await buildOnce();
  const { readFileSync } = await import("node:fs");
  const script = readFileSync(new URL("./script.cjs", import.meta.url), "utf8");
  const lay = (name: string, sdk: string) =>
    layPack(root, name, { "script.cjs": script, "index.js": `require("./script.cjs")(require("${sdk}"));` });
  const [original, ours] = await Promise.all([
    startPack(lay("original", "@pulumi/policy"), PULUMI_RUNNER),
    startPack(lay("ours", "@quillon/policy"), OUR_BOOT),
  ]);
  peers = { original: connect(original), ours: connect(ours) };
});

afterAll(() => {
  peers?.original.stop();
  peers?.ours.stop();
  removeAll(root);
});

test(`${RUNS} generated requests are answered alike (seed ${SEED})`, { timeout: 600_000 }, async () => {
  console.log(`differential: ${RUNS} cases, seed ${SEED}`);
  const counts = { answers: 0, failures: 0, diagnostics: 0, remediations: 0, notApplicable: 0 };
  await fc.assert(
    fc.asyncProperty(testCase, async (given) => {
      const [original, ours] = await Promise.all([ask(peers.original, given), ask(peers.ours, given)]);
      expect(ours.before).toEqual(original.before);
      expect(ours.answer).toEqual(original.answer);
      // Ours keeps more secrets, never fewer.
      for (const [index, paths] of original.secrets.entries())
        expect(bothPaths(ours.secrets[index], paths)).toEqual(ours.secrets[index]);
      count(counts, original);
    }),
    { numRuns: RUNS, seed: SEED },
  );
  console.log(`differential: ${JSON.stringify(counts)}`);
  // A generator that drifted into the trivial would prove nothing.
  for (const kind of Object.values(counts)) expect(kind).toBeGreaterThan(RUNS / 20);
});

async function ask(peer: Peer, given: TestCase) {
  const configured = await peer.call("Configure", encodeConfig(given.config));
  const tagged = await peer.call(
    "ConfigureStack",
    toBinary(AnalyzerStackConfigureRequestSchema, create(AnalyzerStackConfigureRequestSchema, { tags: given.tags })),
  );
  const answer = await peer.call(given.method, encodeRequest(given));
  return {
    before: [configured.code, tagged.code],
    answer: readable(given, answer),
    secrets: given.method === "Remediate" && answer.code === 0 ? secretsOf(answer) : [],
  };
}

function encodeConfig(config: TestCase["config"]): Uint8Array {
  const policyConfig = Object.fromEntries(
    Object.entries(config).map(([name, { level, properties }]) => [
      name,
      { enforcementLevel: toWireLevel(level as EnforcementLevel), properties: encodeStruct(properties) },
    ]),
  );
  return toBinary(ConfigureAnalyzerRequestSchema, create(ConfigureAnalyzerRequestSchema, { policyConfig }));
}

function encodeRequest(given: TestCase): Uint8Array {
  const name = JSON.stringify(given.script);
  const resources = (given.resources as Resource[]).map((resource, index) =>
    encodeResource(resource, index === 0 ? name : `r${index}`),
  );
  return given.method === "AnalyzeStack"
    ? toBinary(AnalyzeStackRequestSchema, create(AnalyzeStackRequestSchema, { resources }))
    : toBinary(
        AnalyzeRequestSchema,
        create(AnalyzeRequestSchema, resources[0] as MessageInitShape<typeof AnalyzeRequestSchema>),
      );
}

function encodeResource(resource: Resource, name: string): MessageInitShape<typeof AnalyzerResourceSchema> {
  const { type, urn, options, properties, provider } = resource.base;
  return {
    type,
    urn,
    name,
    options,
    properties: encodeStruct(properties),
    ...(provider && { provider: { ...provider, properties: encodeStruct(provider.properties) } }),
    ...(resource.parent && { parent: resource.parent }),
    dependencies: resource.dependencies,
    propertyDependencies: Object.fromEntries(
      Object.entries(resource.propertyDependencies).map(([key, urns]) => [key, { urns }]),
    ),
  };
}

/** What is secret in the properties of each remediation. */
function secretsOf({ bytes }: PackAnswer): SecretPaths[] {
  const { remediations } = fromBinary(RemediateResponseSchema, bytes);
  return remediations.map(({ properties }) => secretPathsOf(properties && decodeStruct(properties)));
}

/**
 * An answer as plain values. What is not compared: frames that are not the pack's, our extra line naming the resource, and
 * here not what is secret.
 */
function readable(given: TestCase, { code, details, bytes }: PackAnswer) {
  if (code !== 0) {
    const lines = details.split("\n");
    const isFrame = (line: string) => /^\s+at /.test(line);
    return {
      code,
      text: lines.filter((line) => !isFrame(line) && !line.startsWith("Resource: urn:")).join("\n"),
      frames: lines
        .filter((line) => isFrame(line) && !line.includes("at async"))
        .flatMap((line) => /script\.cjs:\d+:\d+/.exec(line) ?? []),
    };
  }
  if (given.method !== "Remediate") return plain(fromBinary(AnalyzeResponseSchema, bytes));
  const response = fromBinary(RemediateResponseSchema, bytes);
  return plain({
    ...response,
    remediations: response.remediations.map((one) => ({
      ...one,
      properties: one.properties && decodeStruct(one.properties, revealed),
    })),
  });
}

const revealed = (object: Record<string, unknown>) => (secretIn(object) ? object.value : object);

const plain = (value: object) => structuredClone(value) as Record<string, unknown[]>;

function count(counts: Record<string, number>, { answer }: { answer: object }): void {
  const add = (name: string, by: number) => {
    counts[name] = (counts[name] ?? 0) + by;
  };
  add("code" in answer ? "failures" : "answers", 1);
  for (const name of ["diagnostics", "remediations", "notApplicable"]) {
    add(name, (answer as Record<string, unknown[]>)[name]?.length ?? 0);
  }
}
