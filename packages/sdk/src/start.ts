import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AUDIT_ANSWER } from "@quillon/proto";
import { endWithEngine } from "@quillon/proto/end-with-engine";
import { audit } from "./audit.ts";
import type { PackState } from "./definition.ts";
import { admitByHeap } from "./heap.ts";
import { isInProgram } from "./runner.ts";
import { announce, guardStdout } from "./stdout.ts";

let serving: string | undefined;

const PACK_IN_PROGRAM =
  "A policy pack can't be made inside a Pulumi program, because the engine starts packs as processes of their own. Move it to a folder of its own with a PulumiPolicy.yaml (`pulumi policy new` makes one), and run `pulumi preview --policy-pack FOLDER`, or publish it.";

/** Says whether this process has a policy pack that the engine can ask. */
export function isServing(): boolean {
  return serving !== undefined;
}

/**
 * Serves a pack to the engine, until the engine is gone; or has it audit a state, if that is what it was started for. A mistake in the pack is printed, and the process exits with code 1.
 *
 * @throws Error inside a Pulumi program, which would wait without end for the pack.
 * @param checked Returns the pack with this version. It throws Error when the pack has a mistake.
 */
export function startServing(checked: (version: string) => PackState): void {
  if (isInProgram()) throw new Error(PACK_IN_PROGRAM);
  guardStdout();
  try {
    if (serving !== undefined) {
      throw new Error(`Already serving policy pack '${serving}'. Only one policy pack may be defined per process.`);
    }
    const pack = checked(versionOfPack());
    serving = pack.name;
    const { [AUDIT_ANSWER]: answerTo } = process.env;
    if (answerTo) {
      // What a pack starts is not started for that.
      delete process.env[AUDIT_ANSWER];
      audit(pack, Number(answerTo)).catch(exitWith);
      return;
    }
    const end = endWithEngine();
    const admit = (bytes: number) => {
      end.wasAsked();
      admitByHeap(bytes);
    };
    // Loaded only here, because a pack that audits a state starts sooner without it.
    import("./service.ts").then(({ servePack }) => servePack(pack, admit)).then(({ port }) => announce(port), exitWith);
  } catch (error) {
    exitWith(error);
  }
}

/** Prints no stack trace: the mistake is in the arguments of `PolicyPack`, and the text says which. */
function exitWith(error: unknown): never {
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
