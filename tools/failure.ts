/** An error whose message tells a person what happened and what to do. `tools/run.mjs` prints it without a stack trace. */
export class Failure extends Error {
  override readonly name = "Failure";
}
