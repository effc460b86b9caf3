import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { linkSdk } from "../../tools/link-sdk.ts";

// One set of rules, three times: as a policy pack, in Rego, and as plain JavaScript. A rule names a type, a property and the values that it
// may have; a fifth of the resources violate one of them.

export const RESOURCES = 10_000;

const TYPES = [
  "aws:s3/bucket:Bucket",
  "aws:ec2/instance:Instance",
  "aws:rds/instance:Instance",
  "aws:lambda/function:Function",
];

interface Rule {
  name: string;
  /** Absent for a rule about resources of every type. */
  type?: string;
  property: string;
  allowed: string[];
}

/** Twelve for one type each, as most policies are, and eight for every resource. */
const RULES: Rule[] = [
  ...TYPES.flatMap((type) =>
    [0, 1, 2].map((at) => ({
      name: `${type.split(":")[2]?.toLowerCase()}-${TYPES.indexOf(type)}-${at}`,
      type,
      property: `setting${at}`,
      allowed: ["a", "b"],
    })),
  ),
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((at) => ({ name: `tag-${at}`, property: `tag${at}`, allowed: ["x", "y"] })),
];

/** A state, a pack on our SDK and one on Pulumi's, the rules in Rego, and a program that holds the state against them. */
export function layWorld(dir: string) {
  const state = join(dir, "state.json");
  writeFileSync(state, JSON.stringify({ version: 3, deployment: { manifest: {}, resources: resources() } }));
  const pack = layPack(dir, "ours", "@quillon/policy");
  linkSdk(pack);
  const foreign = layPack(dir, "foreign", "@pulumi/policy");
  const rego = join(dir, "rules.rego");
  writeFileSync(rego, regoOf());
  const loop = join(dir, "loop.mjs");
  writeFileSync(loop, loopOf());
  return { state, pack, foreign, rego, loop };
}

function resources(): object[] {
  const root = "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod";
  const all: object[] = [{ urn: root, type: "pulumi:pulumi:Stack", custom: false }];
  for (let index = 1; index < RESOURCES; index++) {
    const type = TYPES[index % TYPES.length] as string;
    const tags = Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7].map((at) => [`tag${at}`, at === index % 40 ? "z" : "x"]));
    const settings = Object.fromEntries([0, 1, 2].map((at) => [`setting${at}`, (index + at) % 2 ? "a" : "b"]));
    const inputs = {
      name: `resource-${index}`,
      region: "eu-west-1",
      size: index,
      enabled: true,
      tags: { owner: "shop", cost: "42" },
      rules: [{ port: 443, from: ["10.0.0.0/8"] }],
      ...settings,
      ...tags,
    };
    all.push({
      urn: `urn:pulumi:prod::shop::${type}::resource-${index}`,
      type,
      custom: true,
      id: `id-${index}`,
      inputs,
      outputs: { ...inputs, arn: `arn:aws:x:::resource-${index}`, id: `id-${index}` },
      parent: root,
      dependencies: index > 1 ? [] : undefined,
    });
  }
  return all;
}

function layPack(dir: string, name: string, sdk: string): string {
  const pack = join(dir, name);
  mkdirSync(pack);
  writeFileSync(join(pack, "PulumiPolicy.yaml"), "runtime: nodejs\n");
  writeFileSync(join(pack, "package.json"), JSON.stringify({ name, version: "1.0.0", main: "index.js" }));
  const policies = RULES.map(({ name, type, property, allowed }) => {
    const test = `${JSON.stringify(allowed)}.includes(props.${property})`;
    const body = `if (props.${property} !== undefined && !${test}) report("${property} is " + props.${property} + ".");`;
    const validate = type
      ? `validateResourceOfType(${JSON.stringify(type)}, (props, args, report) => { ${body} })`
      : `({ props }, report) => { ${body} }`;
    return `{ name: "${name}", description: "${property} is one of ${allowed.join(", ")}.", enforcementLevel: "mandatory", validateResource: ${validate} }`;
  });
  const source = `const { PolicyPack, validateResourceOfType } = require("${sdk}");\nnew PolicyPack("${name}", { policies: [\n${policies.join(",\n")}\n] });\n`;
  // Pulumi's SDK wants classes where ours takes type tokens.
  writeFileSync(
    join(pack, "index.js"),
    sdk === "@quillon/policy"
      ? source
      : source.replaceAll(
          /validateResourceOfType\("([^"]+)"/g,
          'validateResourceOfType({ __pulumiType: "$1", isInstance: (one) => one.__pulumiType === "$1" }',
        ),
  );
  return pack;
}

function regoOf(): string {
  const rules = RULES.map(({ name, type, property, allowed }) =>
    [
      "deny contains message if {",
      "  some resource in input.deployment.resources",
      ...(type ? [`  resource.type == ${JSON.stringify(type)}`] : []),
      `  value := resource.inputs.${property}`,
      `  not value in ${JSON.stringify(allowed)}`,
      `  message := sprintf("${name} %s: ${property} is %s.", [resource.urn, value])`,
      "}",
    ].join("\n"),
  );
  return `package main\n\nimport rego.v1\n\n${rules.join("\n\n")}\n`;
}

function loopOf(): string {
  const rules = RULES.map(({ name, type, property, allowed }) => {
    const test = `props.${property} !== undefined && !${JSON.stringify(allowed)}.includes(props.${property})`;
    return `({ type, urn, inputs: props = {} }, say) => { if (${type ? `type === ${JSON.stringify(type)} && ` : ""}${test}) say("${name}", urn, "${property} is " + props.${property} + "."); }`;
  });
  return `import { readFileSync } from "node:fs";
const rules = [
${rules.join(",\n")}
];
const { deployment } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const found = [];
const say = (policy, urn, message) => found.push({ policy, urn, message });
for (const resource of deployment.resources) for (const rule of rules) rule(resource, say);
process.stdout.write(JSON.stringify(found) + "\\n");
process.exitCode = found.length > 0 ? 2 : 0;
`;
}
