import { expect, test } from "vitest";
import { readConfigFile } from "./config-file.ts";
import { readStateFile } from "./state.ts";

test("a state that is not there is named, with the command that writes one", async () => {
  await expect(readStateFile("/nowhere/state.json")).rejects.toThrow(
    "The state /nowhere/state.json can't be read: there is no such file. `pulumi stack export --file FILE` writes one.",
  );
});

test("a configuration that is not there is named", () => {
  expect(() => readConfigFile("/nowhere/rules.json")).toThrow(
    "The configuration /nowhere/rules.json can't be read: there is no such file.",
  );
});
