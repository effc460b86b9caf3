import { isName } from "@quillon/contract";
import { isStorable } from "../db/text.ts";

/** What a URN says of the stack that its resource belongs to. */
export interface StackOfUrn {
  project: string;
  stack: string;
}

/**
 * Reads a URN as the engine does: `urn:pulumi:STACK::PROJECT::TYPE::NAME`, where only the name may have `::` inside. The
 * engine drops an exception with a target that is none:
 * https://github.com/pulumi/pulumi/blob/v3.274.1/sdk/go/common/resource/urn/urn.go
 *
 * @returns undefined when it is no URN, or one that no resource of a stack here can have.
 */
export function readUrn(urn: string): StackOfUrn | undefined {
  if (!urn.startsWith(PREFIX) || !isStorable(urn)) return undefined;
  const [stack = "", project = "", type, ...name] = urn.slice(PREFIX.length).split("::");
  return isName(stack) && isName(project) && type && name.join("::") ? { project, stack } : undefined;
}

const PREFIX = "urn:pulumi:";
