import type { ListedSource } from "./source.ts";

export interface Filter {
  projects?: readonly string[];
  /** Names: `prod` of every project, or `web/prod`. */
  stacks?: readonly string[];
}

/** Whether a stack is wanted. A filter that is not given wants all. */
export function isWanted({ project, stack }: ListedSource, { projects, stacks }: Filter): boolean {
  const inProject = !projects || (project !== undefined && projects.includes(project));
  return inProject && (!stacks || stacks.includes(stack) || stacks.includes(`${project}/${stack}`));
}
