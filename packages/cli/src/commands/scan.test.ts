import { expect, test } from "vitest";
import { programFor } from "../program.ts";

test("a time that has not come yet is refused, because no update would be looked at", async () => {
  const program = await programFor(["scan"]);
  const line = ["scan", "file:///states", "--since", "2999-01-01"];
  await expect(program.parseAsync(line, { from: "user" })).rejects.toThrow("2999-01-01 has not come yet");
});
