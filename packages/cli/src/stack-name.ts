/** A stack as the paths of the API name it inside of an organization. */
export interface StackName {
  projectName: string;
  stackName: string;
}

interface OrgOption {
  org?: string | undefined;
}

/** Stands for a stack in help texts. */
export const STACK = "PROJECT/STACK or ORG/PROJECT/STACK";

/**
 * A stack as it is named on the command line, as the Pulumi CLI does, and the organization that its name or `--org` says.
 *
 * @throws Error when it is no name of a stack, or `--org` names another organization.
 */
export function stackIn(text: string, options: OrgOption): { org?: string; stack: StackName };
export function stackIn(text: string | undefined, options: OrgOption): { org?: string; stack?: StackName };
export function stackIn(text: string | undefined, options: OrgOption): { org?: string; stack?: StackName } {
  const { stacks, ...named } = stacksIn(text === undefined ? [] : [text], options);
  const [stack] = stacks;
  return { ...named, ...(stack && { stack }) };
}

/** Several stacks of one organization. @throws Error as `stackIn`, and when their names say different organizations. */
export function stacksIn(texts: readonly string[], { org }: OrgOption): { org?: string; stacks: StackName[] } {
  let known = org || undefined;
  const stacks = texts.map((text) => {
    const { owner, ...stack } = parse(text);
    if (owner && known && owner !== known)
      throw new Error(`Stack ${text} is not in organization ${known}, which is named beside it.`);
    known ??= owner;
    return stack;
  });
  return { ...(known && { org: known }), stacks };
}

/** `web/prod`, for what takes a stack as one text. */
export const inOrg = ({ projectName, stackName }: StackName) => `${projectName}/${stackName}`;

function parse(text: string): StackName & { owner?: string } {
  const [, owner, projectName, stackName] = /^(?:([^/]+)\/)?([^/]+)\/([^/]+)$/.exec(text) ?? [];
  if (projectName && stackName) return { ...(owner && { owner }), projectName, stackName };
  throw new Error(`A stack can't be "${text}": write ${STACK}, such as web/prod or acme/web/prod.`);
}
