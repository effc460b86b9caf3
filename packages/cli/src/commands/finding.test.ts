import { expect, test } from "vitest";
import { findingCommand } from "./finding.ts";

const ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

function run(...words: string[]): Promise<unknown> {
  const command = findingCommand();
  for (const one of command.commands) one.exitOverride().configureOutput({ writeErr: () => {} });
  return command.parseAsync(words, { from: "user" });
}

test.each([
  [["ls", "--status", "nonsense"], "Allowed choices are open, in_progress, ignored, by_design, fixed, excepted."],
  [["ls", "--severity", "High"], "Allowed choices are low, medium, high, critical."],
])("%j is refused: it listed nothing, as if there were no findings", async (words, message) => {
  await expect(run(...words)).rejects.toThrow(message);
});

test.each([
  [["--status", "ignored"], "--status ignored needs --reason and --until."],
  [["--status", "by_design", "--reason", "Public."], "--status by_design needs --until."],
  [[], "name one of --status, --priority, --assignee, --unassign and --comment."],
])("edit with %j says what is missing in the words of its options", async (words, message) => {
  await expect(run("edit", ID, ...words)).rejects.toThrow(message);
});
