import { RpcError, Status } from "@quillon/proto";
import { Exceptions } from "./exceptions.ts";
import type { EnforcementLevel } from "./levels.ts";
import type { Policies, Policy } from "./policy.ts";

/** What an author passes to `PolicyPack`. */
export interface PolicyPackArgs {
  /** The policies, in the order in which they run. */
  policies: Policies;

  /** The level of every policy that sets none itself. `advisory` unless given. */
  enforcementLevel?: EnforcementLevel;

  /** What the pack is about. Overrides the description in PulumiPolicy.yaml. */
  description?: string;

  /** A name for people, where `name` is one for machines. */
  displayName?: string;

  /** A longer text about the pack, in Markdown. */
  readme?: string;

  /** The cloud the pack is about, for example AWS. */
  provider?: string;

  /** Words to search by. */
  tags?: string[];

  /** Where the pack's source is. */
  repository?: string;
}

/**
 * Configuration by policy name: a level, or an object of properties with an optional `enforcementLevel`. The name `all`
 * sets the level of every policy that is not named itself.
 *
 * @example
 * const config: PolicyPackConfig = {
 *   all: "mandatory",
 *   "bucket-max-age": { enforcementLevel: "advisory", maxAge: 30 },
 * };
 */
export type PolicyPackConfig = { [policy: string]: PolicyConfig };

type PolicyConfig = EnforcementLevel | ({ enforcementLevel?: EnforcementLevel } & { [key: string]: any });

/** A pack that passed its checks, and what the engine has told it since. */
export class PackState {
  readonly name: string;
  readonly version: string;
  readonly args: PolicyPackArgs;
  readonly initialConfig: PolicyPackConfig;

  /** By policy name; complete once the engine has called Configure. */
  config = new Map<string, { level: EnforcementLevel; properties: Record<string, unknown> }>();
  exceptions = new Exceptions();
  stackTags: ReadonlyMap<string, string> = freezeMap(new Map());

  constructor(name: string, version: string, args: PolicyPackArgs, initialConfig: PolicyPackConfig = {}) {
    this.name = name;
    this.version = version;
    this.args = args;
    this.initialConfig = initialConfig;
  }

  #failure: RpcError | undefined;

  /** @throws `RpcError` when a violation that counts was lost: then nothing that the pack says can be trusted. */
  check(): void {
    if (this.#failure) throw this.#failure;
  }

  /** Says that a violation came when the engine had its answer. One that would have failed the update fails the pack. */
  tooLate({
    policy,
    message,
    urn,
    level,
  }: {
    policy: string;
    message: string;
    urn: string;
    level: EnforcementLevel;
  }): void {
    const text = `Policy '${policy}' from policy pack '${this.name}@v${this.version}' reported a violation after it had ended, so the violation is lost. Await every promise in it; \`forEach\` does not wait for an async function.\nViolation: ${message}${urn && `\nResource: ${urn}`}`;
    process.stderr.write(`${text}\n`);
    if (level !== "advisory") this.#failure ??= new RpcError(Status.UNKNOWN, text);
  }

  get policies(): Policies {
    return this.args.policies;
  }

  /** The level before any configuration. */
  defaultLevel(policy: Policy): EnforcementLevel {
    return policy.enforcementLevel || this.args.enforcementLevel || "advisory";
  }

  level(policy: Policy): EnforcementLevel {
    return this.config.get(policy.name)?.level ?? this.defaultLevel(policy);
  }

  /** A copy, as a policy may do with it what it likes. */
  properties(policy: Policy): Record<string, unknown> {
    return { ...this.config.get(policy.name)?.properties };
  }
}

/** A map that can be read only: a policy must not change what the next one is told. */
export function freezeMap<K, V>(map: Map<K, V>): ReadonlyMap<K, V> {
  return Object.freeze({
    size: map.size,
    get: map.get.bind(map),
    has: map.has.bind(map),
    forEach: map.forEach.bind(map),
    entries: map.entries.bind(map),
    keys: map.keys.bind(map),
    values: map.values.bind(map),
    [Symbol.iterator]: map[Symbol.iterator].bind(map),
  });
}
