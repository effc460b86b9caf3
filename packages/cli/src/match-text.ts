/** What an exception lets through: each resource with its policies, on a line of its own. */
export function matchText(match: readonly { policies: string[]; targets: string[] }[]): string {
  const lines = match.flatMap(({ policies, targets }) =>
    targets.map((target) => `${policies.join(", ")} on ${target}`),
  );
  return lines.map((line) => `\n    ${line}`).join("");
}
