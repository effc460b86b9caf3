// Run as a worker thread, which loads the pack's compiler: `compile.ts` asks it.
import { parentPort, workerData } from "node:worker_threads";
import { compileProgram, draftProgram, readerOf } from "./compile-program.ts";
import { isGuarded } from "./guarded-modules.ts";
import { findHelperCalls, type HelperUses } from "./helper-calls.ts";
import { requireUses } from "./indirect-requires.ts";
import { nameInCode } from "./name-in-code.ts";
import type { CodePlace } from "./place-in-code.ts";
import { PackRefused, type Problem } from "./problems.ts";

export type CompileQuestion =
  | { entry: string }
  | { draftOf: string }
  | { nameIn: string }
  | { helperCalls: HelperUses }
  | { code: string; moduleAt: CodePlace }
  | { code: string; requiresAt: CodePlace[] };

export type CompileAnswer =
  | { answer: unknown }
  | { refused: string; problems: readonly Problem[] }
  | { failed: unknown };

const directory = workerData as string;

function answer(question: CompileQuestion): unknown {
  if ("helperCalls" in question) return findHelperCalls(readerOf(directory), directory, question.helperCalls);
  if ("moduleAt" in question) return isGuarded(readerOf(directory), question.code, question.moduleAt);
  if ("requiresAt" in question) return requireUses(readerOf(directory), question.code, question.requiresAt);
  if ("nameIn" in question) return nameInCode(readerOf(directory), question.nameIn);
  if ("draftOf" in question) return draftProgram(directory, question.draftOf);
  return compileProgram(directory, question.entry);
}

parentPort?.on("message", (question: CompileQuestion) => {
  const answered = (): CompileAnswer => {
    try {
      return { answer: answer(question) };
    } catch (error) {
      return error instanceof PackRefused ? { refused: error.what, problems: error.problems } : { failed: error };
    }
  };
  parentPort?.postMessage(answered());
});
