/** A stack whose program reads the outputs of another one by its full name. */
export interface Reference {
  /** As PROJECT/STACK. */
  stack: string;
  name: string;
  /** What the program must say in Quillon. */
  becomes: string;
  /** Whether that stack is moved, too, or is in Quillon already. Otherwise the program will not find it. */
  isThere: boolean;
}

export interface Referring {
  project: string;
  stack: string;
  references: readonly string[];
}

/**
 * The references that have another organization's name. One without an organization is looked for in the stack's own, so it needs no change.
 *
 * @param isThere whether a stack, PROJECT/STACK, will be in the organization.
 */
export function referencesIn(
  stacks: readonly Referring[],
  orgName: string,
  isThere: (name: string) => boolean,
): Reference[] {
  return stacks.flatMap(({ project, stack, references }) =>
    references.flatMap((name) => {
      const [owner, ...rest] = name.split("/");
      if (rest.length !== 2 || owner === orgName) return [];
      const other = rest.join("/");
      return [{ stack: `${project}/${stack}`, name, becomes: `${orgName}/${other}`, isThere: isThere(other) }];
    }),
  );
}
