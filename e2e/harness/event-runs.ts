import type { Terminal } from "./terminal.ts";

/** One run of the CLI whose engine events are recorded. */
export interface Run {
  name: string;
  line: string;
  /** The configuration that is set before it; null removes. */
  config?: Record<string, string | null>;
  fails?: true;
  env?: Record<string, string>;
}

/** The policies of the pack that the stack must run. */
export const requiredPolicies = `[
  {
    name: "two-words",
    description: "A pet's name has two words.",
    enforcementLevel: "mandatory",
    validateResource: ({ type, props }, reportViolation) => {
      if (type.startsWith("random:") && props.length < 2) reportViolation("This pet's name is too short.");
    },
  },
  {
    name: "known-prefix",
    description: "A pet's prefix is short.",
    enforcementLevel: "advisory",
    validateResource: ({ type, props }, reportViolation) => {
      if (type.startsWith("random:") && props.prefix && props.prefix.length > 3) reportViolation("This prefix is long.");
    },
  },
  {
    name: "separated",
    description: "The words of a pet's name are separated by a dash.",
    enforcementLevel: "remediate",
    remediateResource: ({ type, props }) => {
      if (type.startsWith("random:") && props.separator === "_") return { ...props, separator: "-" };
    },
    validateResource: ({ type, props }, reportViolation) => {
      if (type.startsWith("random:") && ["_", " "].includes(props.separator)) reportViolation("Separate the words by a dash.");
    },
  },
  {
    name: "never",
    description: "Nobody runs this one.",
    enforcementLevel: "disabled",
    validateResource: (_, reportViolation) => reportViolation("It ran."),
  },
  {
    name: "few-pets",
    description: "A stack has three pets at most.",
    enforcementLevel: "mandatory",
    validateStack: ({ resources }, reportViolation) => {
      const pets = resources.filter(({ type }) => type.startsWith("random:"));
      if (pets.length > 3) reportViolation("This stack has " + pets.length + " pets.");
    },
  },
]`;

/** The policies of a pack that is given with --policy-pack. */
export const localPolicies = `[{
  name: "no-rex",
  description: "No pet is called rex.",
  enforcementLevel: "advisory",
  validateResource: ({ urn }, reportViolation) => {
    if (urn.endsWith("::rex")) reportViolation("Rex is a common name.");
  },
}]`;

/** The program: its configuration decides what violates. */
export const source = `
  const length = config.getNumber("length") ?? 2;
  const separator = config.get("separator");
  const rex = resource("rex", { length, ...(separator && { separator }) }, { replaceOnChanges: ["prefix"] });
  resource("tom", { length: 2, prefix: rex.id.apply((id) => id.slice(0, 8)) }, { parent: rex });
  for (let count = 0; count < (config.getNumber("more") ?? 0); count += 1) resource("more-" + count, { length: 2 });
  if (config.getBoolean("prefix")) resource("kim", { length: 2, prefix: "dr" }, { replaceOnChanges: ["prefix"] });
  else resource("kim", { length: 2, prefix: "mr" }, { replaceOnChanges: ["prefix"] });
`;

/** In this order, in one stack. */
export const runs: readonly Run[] = [
  { name: "preview-violates", line: "pulumi preview", config: { length: "1", separator: "_" }, fails: true },
  { name: "up-violates", line: "pulumi up --yes --skip-preview", fails: true },
  { name: "up-fixes", line: "pulumi up --yes --skip-preview", config: { length: "2" } },
  { name: "up-violates-again", line: "pulumi up --yes --skip-preview", config: { length: "1" }, fails: true },
  {
    name: "up-not-remediated",
    line: "pulumi up --yes --skip-preview",
    config: { length: "3", separator: "' '" },
    fails: true,
  },
  { name: "up-local-pack", line: "pulumi up --yes --skip-preview --policy-pack LOCAL", config: { separator: null } },
  { name: "up-replaces", line: "pulumi up --yes --skip-preview", config: { prefix: "true" } },
  {
    name: "up-targets",
    line: "pulumi up --yes --skip-preview --target 'urn:pulumi:dev::pets::random:index/randomPet:RandomPet::rex'",
    config: { length: "4" },
  },
  { name: "up-stack-violates", line: "pulumi up --yes --skip-preview", config: { more: "2" }, fails: true },
  { name: "up-deletes", line: "pulumi up --yes --skip-preview", config: { more: null } },
  {
    name: "up-resource-fails",
    line: "pulumi up --yes --skip-preview",
    config: { length: "5" },
    env: { ECHO_GATE: "/nowhere" },
    fails: true,
  },
  { name: "refresh", line: "pulumi refresh --yes --skip-preview" },
  { name: "destroy", line: "pulumi destroy --yes --skip-preview" },
];

/** A run after them all, in which the same policies are those of a pack on `@quillon/policy`, and `excepted` is let through. */
export const upExcepted: Run = {
  name: "up-excepted",
  line: "pulumi up --yes --skip-preview",
  config: { length: "1", separator: null, prefix: "true" },
};

export const excepted = {
  policyPack: "rules",
  match: [{ policies: ["two-words"], targets: ["urn:pulumi:dev::pets::random:index/randomPet:RandomPet::rex"] }],
  reason: "Rex is old.",
};

/** Does the run, as its user would type it. @returns what the CLI printed. */
export async function type(
  terminal: Terminal,
  { line, config = {}, fails, env = {} }: Run,
  local: string,
): Promise<string> {
  for (const [name, value] of Object.entries(config))
    await terminal.ok(value === null ? `pulumi config rm ${name}` : `pulumi config set ${name} ${value}`);
  const command = line.replace("LOCAL", local);
  return fails ? terminal.with(env).fails(command) : (await terminal.with(env).run(command)).all;
}
