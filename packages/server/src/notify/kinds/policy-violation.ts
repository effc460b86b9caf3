import { rankOfSeverity } from "@quillon/contract";
import type { FindingChange, Reopened, TopFinding } from "../../findings/index.ts";
import { type About, byWhom, type Kind, pageUrl, senderOf, stackName, stackUrl } from "./kind.ts";
import { type UpdateEvent, updateFields, updateUrl } from "./update.ts";

/** Because of what findings of a stack have changed, and how. */
type ViolationEvent = Cause & { changes: readonly FindingChange[] };
type Cause =
  | { update: UpdateEvent; exceptions?: never }
  | { exceptions: { ids: readonly string[]; because: Reopened["because"] }; update?: never };

const TOP = 5;
/** In characters, of a message in the raw format. The whole one is in the finding. */
const LONGEST = 2_000;
const hows = ["opened", "reopened", "fixed"] as const;

const filterOf = ({ mandatory }: Pick<FindingChange, "mandatory">) =>
  mandatory ? ("policy_violation_mandatory" as const) : ("policy_violation_advisory" as const);

/** One message for each update, or end of exceptions, with all of a stack that it has opened, reopened and fixed. */
export const policyViolationKind: Kind<ViolationEvent> = {
  name: () => "policy_violation",
  filters: ({ changes }) => [...new Set(changes.map(filterOf))],
  message: (about, { changes, ...cause }, wanted) => {
    const told = changes.filter((change) => wanted.includes(filterOf(change)));
    const counts = Object.fromEntries(hows.map((how) => [how, countOf(told, how)]));
    const top = topOf(told);
    return {
      payload: {
        ...fieldsOf(about, cause),
        enforcementLevel: told.some(({ mandatory }) => mandatory) ? "mandatory" : "advisory",
        ...counts,
        violations: top.map(({ how, ...finding }) => violationOf(about, how, finding)),
      },
      title: `Policy violations in stack ${stackName(about)}: ${summaryOf(counts)}`,
      facts: [factOf(cause), ...byWhom(about)],
      lines: top.map(lineOf),
      link: cause.update ? updateUrl(about, cause.update) : stackUrl(about, "findings"),
    };
  },
};

function fieldsOf(about: About, { update, exceptions }: Cause) {
  if (update) return updateFields(about, update);
  return { ...senderOf(about), policyExceptions: exceptions.ids, policyExceptionsAre: exceptions.because };
}

function factOf({ update, exceptions }: Cause): [string, string] {
  if (update) return ["Update", `${update.kind} ${update.version}, ${update.status}`];
  const { ids, because } = exceptions;
  const told = ids.slice(0, TOP).join(", ") + (ids.length > TOP ? ` and ${ids.length - TOP} more` : "");
  return [
    "Policy exceptions",
    `${told}, ${because === "renamed" ? "of the stack's names before it was renamed" : because}`,
  ];
}

function countOf(changes: readonly FindingChange[], how: string): number {
  return changes.filter((change) => change.how === how).reduce((sum, { count }) => sum + count, 0);
}

function summaryOf(counts: Record<string, number>): string {
  return hows.flatMap((how) => (counts[how] ? [`${counts[how]} ${how}`] : [])).join(", ");
}

type Shown = TopFinding & { how: FindingChange["how"] };

/** What is violated comes before what is fixed, and the worst first. */
function topOf(changes: readonly FindingChange[]): Shown[] {
  const all = changes.flatMap(({ how, top }) => top.map((finding) => ({ ...finding, how })));
  return all.sort((a, b) => rankOf(a) - rankOf(b)).slice(0, TOP);
}

function rankOf({ how, level, severity }: Shown): number {
  return (how === "fixed" ? 100 : 0) + (level === "mandatory" ? 0 : 10) - rankOfSeverity(severity);
}

function violationOf(about: About, change: string, finding: TopFinding) {
  return {
    id: finding.id,
    change,
    policyPackName: finding.pack,
    policyPackVersionTag: finding.tag,
    policyName: finding.policy,
    enforcementLevel: finding.level,
    severity: finding.severity,
    resourceUrn: finding.urn,
    message: finding.message.slice(0, LONGEST),
    url: pageUrl(about, "insights", "findings", finding.id),
  };
}

function lineOf({ how, pack, tag, policy, urn, level, severity, message }: Shown): string {
  const resource = urn.split("::").slice(-2).join(" ");
  const said = how === "fixed" ? "" : `: ${message}`;
  return `${how}, ${level}${severity && `, ${severity}`}: ${policy} (${pack} ${tag}) on ${resource}${said}`;
}
