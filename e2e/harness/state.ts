import type { Terminal } from "./terminal.ts";

export interface Resource {
  urn: string;
  type: string;
  id?: string;
  protect?: boolean;
  inputs?: Record<string, unknown>;
}

export interface Exported {
  version: number;
  deployment: { resources?: Resource[]; pending_operations?: { resource: Resource; type: string }[] };
}

/** The names of the resources in a stack's state, without the stack itself and the providers. @param stack default: the selected one. */
export async function resourcesOf(terminal: Terminal, stack = ""): Promise<string[]> {
  const { deployment } = await terminal.json<Exported>(`pulumi stack export ${stack && `--stack ${stack}`}`);
  return (deployment.resources ?? []).filter(({ type }) => !type.startsWith("pulumi:")).map(nameOf);
}

export function nameOf({ urn }: Resource): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}
