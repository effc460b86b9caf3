import { decodeStruct, encodeStruct } from "../../packages/proto/src/index.ts";
import { Analyzer, type AnalyzerInfo, nodeCommand, startPack } from "../../packages/runner/src/index.ts";
import type { RecordedResource } from "./bundled-packs.ts";

/** Everything that a pack answers, as plain values. */
export interface Answers {
  resources: Record<string, { analyzed: unknown; remediated: unknown }>;
  stack: unknown;
  policies: string[];
  /** Those of them that found, changed or refused something. */
  heard: string[];
}

/** What the engine gives to packs in their environment. */
const environment = {
  PULUMI_CONFIG: JSON.stringify({ "aws:region": "eu-west-1", "web:owner": "Ada", "web:size": "3" }),
  PULUMI_NODEJS_PROJECT: "shop",
  PULUMI_NODEJS_STACK: "dev",
};

/** Starts a pack and asks it about each resource and about all of them, in the engine's order and words. */
export async function answersOf(directory: string, resources: RecordedResource[]): Promise<Answers> {
  const env = { PATH: process.env.PATH, ...environment };
  const pack = await startPack({ directory, command: nodeCommand(directory), env });
  const analyzer = new Analyzer(pack.port);
  const heard = new Set<string>();
  const hear = async (asking: Promise<object>) => {
    const answer = await asking.then(plain, (error: Error & { details?: string }) => ({
      failed: ownLines(error.details ?? error.message, directory),
    }));
    for (const [, name, failed] of JSON.stringify(answer).matchAll(/"policyName":"([^"]*)"|policy '([^']*)'/g))
      heard.add(name ?? failed ?? "");
    return answer;
  };
  try {
    const info = await analyzer.info();
    await analyzer.configure({ policyConfig: configOf(info) });
    await analyzer.configureStack({ stack: "dev", project: "shop", organization: "acme", tags: { tier: "test" } });
    const answers: Answers["resources"] = {};
    for (const resource of resources) {
      const request = requestOf(resource);
      const remediated = await hear(analyzer.remediate(request));
      answers[resource.name] = { remediated, analyzed: await hear(analyzer.analyze(request)) };
    }
    const stack = await hear(analyzer.analyzeStack({ resources: resources.map(inStack(resources)) }));
    const policies = info.policies.map(({ name }) => name);
    return { resources: answers, stack, policies, heard: [...heard].sort() };
  } finally {
    analyzer.close();
    await pack.stop();
  }
}

/** Of each policy what the pack configures by itself, and what its schema gives where it does not. */
function configOf({ policies, initialConfig }: AnalyzerInfo) {
  return Object.fromEntries(
    policies.map(({ name, enforcementLevel, configSchema }) => {
      const own = initialConfig[name];
      const schema = configSchema?.properties ? decodeStruct(configSchema.properties) : {};
      const defaults = Object.entries(schema).map(([key, value]) => [key, (value as { default?: unknown }).default]);
      const given = own?.properties ? decodeStruct(own.properties) : {};
      const properties = encodeStruct({ ...Object.fromEntries(defaults), ...given });
      return [name, { enforcementLevel: own?.enforcementLevel ?? enforcementLevel, properties }];
    }),
  );
}

function requestOf({ type, name, properties, options, provider }: RecordedResource) {
  return {
    type,
    name,
    urn: urnOf({ type, name }),
    properties: encodeStruct(properties),
    options: options ?? {},
    ...(provider && { provider: { ...provider, urn: urnOf(provider), properties: encodeStruct(provider.properties) } }),
  };
}

function inStack(all: RecordedResource[]) {
  const urn = (name: string) => urnOf(all.find((one) => one.name === name) as RecordedResource);
  return (resource: RecordedResource) => ({
    ...requestOf(resource),
    parent: resource.parent ? urn(resource.parent) : "",
    dependencies: (resource.dependencies ?? []).map(urn),
    propertyDependencies: Object.fromEntries(
      Object.entries(resource.propertyDependencies ?? {}).map(([key, names]) => [key, { urns: names.map(urn) }]),
    ),
  });
}

const urnOf = ({ type, name }: { type: string; name: string }) => `urn:pulumi:dev::shop::${type}::${name}`;

/** Property maps, which are bytes in messages, as values. */
function plain(message: object): object {
  const read = function (this: Record<string, unknown>, key: string, value: unknown) {
    // A buffer's own toJSON has been called before.
    const { [key]: raw } = this;
    return raw instanceof Uint8Array ? decodeStruct(raw) : value;
  };
  return JSON.parse(JSON.stringify(message, read));
}

/**
 * An error without the lines of others: of its stack only the pack's own files and lines, relative to the pack. `@quillon/policy` also
 * says which resource it was.
 */
function ownLines(text: string, directory: string): string[] {
  return text.split("\n").flatMap((line) => {
    if (line.startsWith("Resource: ")) return [];
    if (!/^\s+at /.test(line)) return [line];
    const [, path] = line.includes("node_modules") ? [] : (/([^ (]+:\d+):\d+\)?$/.exec(line) ?? []);
    return path?.startsWith(`${directory}/`) ? [path.slice(directory.length + 1)] : [];
  });
}
