import type { OrgCtx, StackRef } from "../context.ts";
import { qualifiedName } from "../stacks/index.ts";

/** The organization of the request, or the stack in its path, whose webhooks are meant. */
export type OwnerCtx = OrgCtx & { readonly stack?: StackRef };

/** Whose a webhook is, as the table has it. */
export interface Owner {
  organizationId: string;
  stackId: string | null;
}

export function ownerOf({ org, stack }: OwnerCtx): Owner {
  return { organizationId: org.id, stackId: stack?.id ?? null };
}

/** For the beginning of a sentence. */
export function ownerName({ org, stack }: OwnerCtx): string {
  return stack ? `Stack ${qualifiedName({ org, stack })}` : `Organization ${org.name}`;
}
