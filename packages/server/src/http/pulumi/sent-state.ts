import { bytesOf } from "../../json/project.ts";
import type { Span } from "../../json/scan.ts";
import type { SentState } from "../../state/index.ts";

/** What the contract's schema reads of a state. */
interface Body {
  version: number;
  features?: string[];
  deployment?: { resources?: unknown };
}

/**
 * A state in a request.
 *
 * @param at.raw the bytes of the request, in which `at.span` is the state's place.
 */
export function sentState({ version, features, deployment }: Body, at: { raw: Buffer; span: Span }): SentState {
  const span = deployment && at.span.members.get("deployment");
  return {
    version,
    features,
    deployment: span && bytesOf(at.raw, span),
    resourceCount: countOf(deployment?.resources, span?.members.get("resources")),
  };
}

function countOf(resources: unknown, span: Span | undefined): number | undefined {
  if (resources === undefined || resources === null) return 0;
  return Array.isArray(resources) ? span?.count : undefined;
}
