import { bytesOf } from "../../json/project.ts";
import type { Span } from "../../json/scan.ts";
import type { SentDelta, SentEntry, SentState, VerbatimState } from "../../state/index.ts";

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

/** The same, with the bytes of all of it. */
export function sentVerbatim(
  { untypedDeployment, sequenceNumber }: { untypedDeployment: Body; sequenceNumber: number },
  { raw, span }: { raw: Buffer; span: Span },
): VerbatimState {
  const state = span.members.get("untypedDeployment") ?? span;
  const { resourceCount } = sentState(untypedDeployment, { raw, span: state });
  return { text: bytesOf(raw, state), resourceCount, sequence: sequenceNumber };
}

export function sentDelta(
  { checkpointHash, sequenceNumber }: { checkpointHash: string; sequenceNumber: number },
  { raw, span }: { raw: Buffer; span: Span },
): SentDelta {
  const edits = bytesOf(raw, span.members.get("deploymentDelta") ?? span);
  return { sequence: sequenceNumber, sha256: checkpointHash, edits };
}

/** The entries of a journal, each with its bytes. */
export function sentEntries(
  { entries }: { entries?: readonly { sequenceID: number }[] },
  { raw, span }: { raw: Buffer; span: Span },
): SentEntry[] {
  const places = span.members.get("entries")?.elements ?? [];
  return places.map((place, index) => ({ sequence: entries?.[index]?.sequenceID ?? 0, json: bytesOf(raw, place) }));
}

function countOf(resources: unknown, span: Span | undefined): number | undefined {
  if (resources === undefined || resources === null) return 0;
  return Array.isArray(resources) ? span?.count : undefined;
}
