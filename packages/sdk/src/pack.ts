import { readFileSync } from "node:fs";
import { join } from "node:path";
import { getHeapStatistics } from "node:v8";
import { RpcError, Status, serve } from "@quillon/proto";
import { packProblems } from "./check.ts";
import { PackState, type PolicyPackArgs, type PolicyPackConfig } from "./definition.ts";
import { analyzerService } from "./service.ts";
import { announce, guardStdout } from "./stdout.ts";

/**
 * A policy pack: its name and its policies. Creating one is all a pack's program does; from then on the process answers
 * the engine. A process holds one pack.
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
   * @param args The policies, and what there is to know about the pack.
   * @param initialConfig Configuration that holds until users set their own.
   */
  constructor(name: string, args: PolicyPackArgs, initialConfig?: PolicyPackConfig) {
    this.#name = name;
    receiver(this.#name, args, initialConfig);
  }
}

type Receiver = (name: string, args: PolicyPackArgs, initialConfig: PolicyPackConfig | undefined) => void;

let receiver: Receiver = start;

/** From now on new packs go to `receive` instead of to the engine: the test kit takes them so. */
export function divertPacks(receive: (pack: PackState) => void): () => void {
  receiver = (name, args, initialConfig) => receive(define(name, args, initialConfig, "0.0.0-test"));
  return () => {
    receiver = start;
  };
}

/** Throws `Error` with everything that is wrong with the pack. */
export function define(
  name: string,
  args: PolicyPackArgs,
  initialConfig: PolicyPackConfig | undefined,
  version: string,
): PackState {
  const problems = packProblems(name, args, initialConfig);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return new PackState(name, version, args, initialConfig);
}

let serving: string | undefined;

export function isServing(): boolean {
  return serving !== undefined;
}

function start(name: string, args: PolicyPackArgs, initialConfig: PolicyPackConfig | undefined): void {
  guardStdout();
  try {
    if (serving !== undefined) {
      throw new Error(`Already serving policy pack '${serving}'. Only one policy pack may be defined per process.`);
    }
    const pack = define(name, args, initialConfig, versionOfPack());
    serving = name;
    serve({ methods: analyzerService(pack), admit: admitByHeap }).then(({ port }) => announce(port), giveUp);
  } catch (error) {
    giveUp(error);
  }
}

/** Once, without a stack trace: the mistake is in what was passed, and the text says where. */
function giveUp(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}

function versionOfPack(): string {
  const path = join(process.cwd(), "package.json");
  let version: unknown;
  try {
    version = JSON.parse(readFileSync(path, "utf8")).version;
  } catch (error) {
    throw new Error(`The policy pack needs a package.json with its version: ${path}: ${(error as Error).message}`);
  }
  if (typeof version !== "string" || version === "") {
    throw new Error(`Version must be defined in the package.json file: ${path}`);
  }
  return version;
}

/**
 * A stack of 20,000 ordinary resources, 27 MB, is analysed by five policies in a heap of 110 MB and not in one of 90: with
 * what each policy gets a copy of, it takes four times its size.
 */
const HEAP_PER_BYTE = 5;

const ALWAYS_ADMITTED = 1_000_000;

/** Better a refusal that says why than a process that dies with the heap's stack trace. */
function admitByHeap(bytes: number): void {
  if (bytes < ALWAYS_ADMITTED) return;
  const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
  const room = Math.floor((limit - used) / HEAP_PER_BYTE);
  if (bytes <= room) return;
  const megabytes = (count: number) => `${Math.ceil(count / 1_000_000)} MB`;
  throw new RpcError(
    Status.RESOURCE_EXHAUSTED,
    `A request of ${megabytes(bytes)} does not fit into this policy pack's memory, which has room for ${megabytes(room)}. ` +
      "Give it more with the environment variable NODE_OPTIONS=--max-old-space-size=<megabytes>.",
  );
}
