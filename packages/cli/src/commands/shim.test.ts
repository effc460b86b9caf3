import { expect, test } from "vitest";
import { programFor } from "../program.ts";

test.each([[["a", "b"]], [[""]], [[" "]]])("%j names no folder", async (dirs) => {
  const program = await programFor(["shim"]);
  await expect(program.parseAsync(["shim", ...dirs], { from: "user" })).rejects.toThrow("Name one folder.");
});
