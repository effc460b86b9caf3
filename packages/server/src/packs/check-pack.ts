import { newError, type PackNeeds, QuillonError } from "@quillon/contract";
import type { Ctx } from "../context.ts";
import type { Task } from "../workers/pool.ts";
import { BILL_ENTRY, type Bill, LARGEST_BILL, readBill } from "./bill.ts";
import { checkDependencies } from "./dependencies.ts";
import type { PackFiles } from "./dependency.ts";
import { needsOf } from "./needs.ts";
import { PROJECT_FILE, readRuntime } from "./project-file.ts";

const CHECK_SECONDS = 30;
/** How much more work a file can make than reading its bytes. JSON makes little. */
const stepsPerByte = (path: string) => (path === BILL_ENTRY ? 1 : 32);

/** What the files of a pack say about it. */
export interface PackFacts {
  needs: PackNeeds | undefined;
  bill: Bill | undefined;
  /** Why there is a bill of materials that can't be read. */
  billProblem: string | undefined;
}

/** Refuses a pack that the CLI could not load, or whose dependencies no client could install. @throws archive_invalid */
export const checkPackTask: Task<PackFiles, PackFacts> = {
  name: "check-pack",
  run(files) {
    const project = files.texts.get(PROJECT_FILE);
    if (project === undefined) {
      throw newError("archive_invalid", { problem: "project_file_missing", file: PROJECT_FILE });
    }
    const runtime = readRuntime(project);
    checkDependencies(runtime, files);
    return { needs: needsOf(runtime, files), ...billOf(files) };
  },
};

function billOf({ names, texts }: PackFiles): Pick<PackFacts, "bill" | "billProblem"> {
  const text = texts.get(BILL_ENTRY);
  try {
    if (text !== undefined) return { bill: readBill(text), billProblem: undefined };
    const isLarge = names.files.has(BILL_ENTRY);
    return { bill: undefined, billProblem: isLarge ? `it is larger than ${LARGEST_BILL} bytes` : undefined };
  } catch (error) {
    return { bill: undefined, billProblem: (error as Error).message };
  }
}

/**
 * `checkPackTask` in a worker thread when there is much to read, and for a limited time: there are many files, in formats that
 * libraries read.
 *
 * @throws archive_invalid
 */
export async function checkPack({ workers, log }: Pick<Ctx, "workers" | "log">, files: PackFiles): Promise<PackFacts> {
  const steps = [...files.texts].reduce((sum, [path, { length }]) => sum + length * stepsPerByte(path), 0);
  try {
    return await workers.run(checkPackTask, files, steps, { ms: CHECK_SECONDS * 1000 });
  } catch (error) {
    if (error instanceof QuillonError) throw error;
    log.error({ err: error }, "the files of a policy pack could not be read");
    throw newError("archive_invalid", { problem: "unchecked", seconds: CHECK_SECONDS });
  }
}
