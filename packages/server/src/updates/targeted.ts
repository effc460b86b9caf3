const TARGETING = ["target", "target-dependents", "target-replace", "exclude", "exclude-dependents"];

/** Whether a run was told which resources to leave out, as the CLI reports its flags with the update. */
export function isTargeted(environment: Readonly<Record<string, string>>): boolean {
  return TARGETING.some((flag) => environment[`pulumi.flag.${flag}`] !== undefined);
}
