import { EXCEPTIONS_ENTRY, type PackMetadata } from "@quillon/contract";
import type { Ctx } from "../context.ts";
import { isUnavailable } from "../db/unavailable.ts";
import { isObject } from "../json/is-object.ts";
import { measure } from "../json/measure.ts";
import { Budget, findProblems, TooMuchWork } from "../json-schema/index.ts";
import type { Task } from "../workers/pool.ts";

export interface ConfigProblem {
  policy: string;
  /** Where in the policy's configuration; empty for all of it. */
  property: string;
  message: string;
}

type Properties = Record<string, unknown>;

const LEVELS = ["advisory", "mandatory", "remediate", "disabled"];
/** Only the server says what is let through, to clients whose engine does not know exceptions. */
const RESERVED =
  "the name is the server's, which tells packs of policy exceptions under it; make one with pulumi policy exception new";
const DEEPEST = 32;
/** A pack of 5,000 policies with some properties each. */
const MOST_VALUES = 100_000;

/**
 * Everything that is wrong with the configuration of a pack according to the schemas of its policies, as the Pulumi CLI
 * would find it on every update. `enforcementLevel` is one of the four levels, `all` sets nothing else, and a schema's
 * defaults are used for what is missing. Every policy needs its required properties, also one that is not configured.
 *
 * The work is bounded for the pack as a whole.
 *
 * @param config of the pack in a group, if it has one.
 */
export function findConfigProblems(policies: PackMetadata["policies"], config: Properties = {}): ConfigProblem[] {
  if (isTooLarge(config)) {
    return [wrong("", "", `it is nested more than ${DEEPEST} deep, or has more than ${MOST_VALUES} values`)];
  }
  const known = new Set(policies.map(({ name }) => name));
  const unknown = Object.keys(config).filter((name) => name !== "all" && !known.has(name));
  return [
    ...unknown.map((name) =>
      wrong(name, "", name === EXCEPTIONS_ENTRY ? RESERVED : "there is no such policy in the pack"),
    ),
    ...Object.entries(config).flatMap(([name, own]) => findGeneralProblems(name, own)),
    ...findPolicyProblems(policies, config),
  ];
}

function findPolicyProblems(policies: PackMetadata["policies"], config: Properties): ConfigProblem[] {
  const budget = new Budget();
  const problems: ConfigProblem[] = [];
  for (const policy of policies) {
    try {
      for (const one of findSchemaProblems(policy, ownProperties(config, policy.name), budget)) problems.push(one);
    } catch (error) {
      if (!(error instanceof TooMuchWork)) throw error;
      return [...problems, wrong(policy.name, "", "it can't be checked in reasonable time")];
    }
  }
  return problems;
}

const CHECK_MS = 10_000;
/** How much more work a schema with a value can make than reading them. */
const STEPS_PER_BYTE = 32;

/** `findConfigProblems` in a worker thread when there is much to check, and for a limited time. */
export async function checkConfig(
  { workers, log }: Pick<Ctx, "workers" | "log">,
  policies: PackMetadata["policies"],
  config?: Properties,
): Promise<ConfigProblem[]> {
  const asked = {
    policies: policies.map(({ name, configSchema }) => ({ name, ...(configSchema && { configSchema }) })),
    config,
  };
  try {
    return await workers.run(checkConfigTask, asked, JSON.stringify(asked).length * STEPS_PER_BYTE, { ms: CHECK_MS });
  } catch (error) {
    if (isUnavailable(error)) throw error;
    log.error({ err: error }, "a configuration could not be checked");
    return [wrong("", "", "it can't be checked in reasonable time")];
  }
}

/** Only a policy's name and schema are looked at. */
export const checkConfigTask: Task<
  { policies: Pick<PackMetadata["policies"][number], "name" | "configSchema">[]; config: Properties | undefined },
  ConfigProblem[]
> = {
  name: "check-config",
  run: ({ policies, config }) => findConfigProblems(policies as PackMetadata["policies"], config),
};

/** Whether a configuration is so large that nothing else of it is checked. */
export function isTooLarge(config: Properties): boolean {
  const { depth, values } = measure(config);
  return depth > DEEPEST || values > MOST_VALUES;
}

function wrong(policy: string, property: string, message: string): ConfigProblem {
  return { policy, property, message };
}

function findGeneralProblems(policy: string, own: unknown): ConfigProblem[] {
  if (!isObject(own)) return [wrong(policy, "", "must be an object")];
  const problems: ConfigProblem[] = [];
  const { enforcementLevel } = own;
  if (enforcementLevel !== undefined && !LEVELS.includes(enforcementLevel as string)) {
    problems.push(wrong(policy, "enforcementLevel", `must be one of ${LEVELS.join(", ")}`));
  }
  const others = policy === "all" ? Object.keys(own).filter((name) => name !== "enforcementLevel") : [];
  return [...problems, ...others.map((name) => wrong(policy, name, '"all" takes only an enforcementLevel'))];
}

/** The CLI, too, looks only at these two keywords of a policy's schema, and takes the level away before. */
function findSchemaProblems(
  policy: PackMetadata["policies"][number],
  own: Properties,
  budget: Budget,
): ConfigProblem[] {
  const { name, configSchema } = policy;
  if (!configSchema) return [];
  const properties = configSchema.properties ?? {};
  const required = (configSchema.required ?? []).filter((property) => property !== "enforcementLevel");
  const schema = { ...configSchema, type: "object", properties, required };
  const { enforcementLevel: _, ...given } = own;
  const problems = findProblems(schema, { ...defaultsOf(properties), ...given }, budget);
  return problems.map(({ path, message }) => wrong(name, path, message));
}

function defaultsOf(properties: Properties): Properties {
  const withDefault = Object.entries(properties).filter(([, schema]) => isObject(schema) && "default" in schema);
  return Object.fromEntries(withDefault.map(([name, schema]) => [name, (schema as Properties).default]));
}

function ownProperties(config: Properties, policy: string): Properties {
  const own = Object.hasOwn(config, policy) ? config[policy] : undefined;
  return isObject(own) ? own : {};
}

/** A pack can have thousands of policies, and people read this in a terminal. */
const TOLD = 20;

/** One sentence of the problems, without a full stop. Of many it has the first ones, and how many more there are. */
export function describeProblems(problems: readonly ConfigProblem[]): string {
  const more = problems.length > TOLD ? `; and ${problems.length - TOLD} more` : "";
  const told = problems
    .slice(0, TOLD)
    .map(({ policy, property, message }) =>
      [policy && `policy ${policy}`, property, message].filter(Boolean).join(": "),
    )
    .join("; ");
  return told + more;
}
