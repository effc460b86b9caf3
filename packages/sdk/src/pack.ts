import { packProblems } from "./check.ts";
import { PackState, type PolicyPackArgs, type PolicyPackConfig } from "./definition.ts";
import { startServing } from "./start.ts";

/**
 * A policy pack: its name and its policies. A pack's program only has to create one: the process then answers the
 * engine. A process holds one pack.
 *
 * A mistake in the pack (two policies of one name, a policy without a function, …) is printed, and ends the process with
 * exit code 1.
 *
 * @example
 * new PolicyPack("aws-rules", {
 *   enforcementLevel: "mandatory",
 *   policies: [
 *     {
 *       name: "bucket-no-public-read",
 *       description: "Buckets must not be readable by everybody.",
 *       validateResource: validateResourceOfType(aws.s3.Bucket, (bucket, args, reportViolation) => {
 *         if (bucket.acl === "public-read") reportViolation("Remove `acl`, or set it to `private`.");
 *       }),
 *     },
 *   ],
 * });
 */
export class PolicyPack {
  readonly #name: string;

  /**
   * @param name The pack's name: letters, digits, hyphens, underscores and periods, at most 100.
   * @param args The policies, and the description of the pack.
   * @param initialConfig The configuration that applies until users set their own.
   */
  constructor(name: string, args: PolicyPackArgs, initialConfig?: PolicyPackConfig) {
    this.#name = name;
    deliver((version) => definePack(this.#name, args, initialConfig, version));
  }
}

/** Takes a new pack. The function that it gets checks the pack, and throws `Error` when the pack has a mistake. */
type Deliver = (checked: (version: string) => PackState) => void;

let deliver: Deliver = startServing;

/**
 * Gives new packs to `receive` instead of serving them to the engine. The test kit uses it.
 *
 * @returns A function that ends this.
 */
export function interceptPacks(receive: (pack: PackState) => void): () => void {
  deliver = (checked) => receive(checked("0.0.0-test"));
  return () => {
    deliver = startServing;
  };
}

/** @throws `Error` with every mistake in the pack, one on each line. */
export function definePack(
  name: string,
  args: PolicyPackArgs,
  initialConfig: PolicyPackConfig | undefined,
  version: string,
): PackState {
  const problems = packProblems(name, args, initialConfig);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return new PackState(name, version, args, initialConfig);
}
