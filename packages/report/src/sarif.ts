import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { ReportedPolicy, ReportedResult, ReportHead } from "@quillon/contract";
import type { Invocation, Notification, ReportingDescriptor, Result, Run } from "sarif";
import { resourceOf } from "./resource-of.ts";
import {
  brokenPacks,
  compactedOn,
  count,
  howToFix,
  isAccepted,
  isExcepted,
  packNames,
  reasonOf,
  silentPacks,
  subjectOf,
  unknownBecause,
  violationsOf,
  type Writer,
} from "./writer.ts";

/**
 * What GitHub takes of one run, and of one file after gzip:
 * https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
const MOST_RESULTS = 25_000;
const MOST_BYTES = 10_000_000;
/** In characters, of what describes a rule. */
const LONGEST_DESCRIPTION = 1024;
/** In characters. So many are compressed together to measure them, which never gives less than compressing all at once. */
const MEASURED = 128 * 1024;

/** SARIF 2.1.0 with the violations, the worst of them when there are more than GitHub takes. */
export const sarif: Writer = {
  contentType: "application/sarif+json; charset=utf-8",
  order: "worst",
  async *write(head, results) {
    const rules = rulesOf(head);
    const start = `{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[${JSON.stringify(
      runOf(head, [...rules.values()]),
    ).slice(0, -1)},"results":[`;
    yield start;
    const indexes = new Map([...rules.keys()].map((id, index) => [id, index]));
    const total = violationsOf(head.counts);
    let written = 0;
    let bytes = 2048 + gzipSync(start).length;
    let waiting: string[] = [];
    let length = 0;
    const fits = () => {
      bytes += gzipSync(waiting.join("")).length;
      return bytes <= MOST_BYTES;
    };
    const flush = () => {
      const text = waiting.join("");
      written += waiting.length;
      waiting = [];
      length = 0;
      return text;
    };
    for await (const result of results) {
      if (result.kind !== "violated") continue;
      const text = `${written + waiting.length > 0 ? "," : ""}\n${JSON.stringify(resultOf(head, result, indexes))}`;
      waiting.push(text);
      length += text.length;
      if (length < MEASURED && written + waiting.length < MOST_RESULTS) continue;
      if (!fits()) break;
      yield flush();
      if (written >= MOST_RESULTS) break;
    }
    if (waiting.length > 0 && bytes <= MOST_BYTES && fits()) yield flush();
    yield `\n],"invocations":[${JSON.stringify(invocationOf(head, total - written, total))}]}]}\n`;
  },
};

const ruleIdOf = (pack: string, policy: string) => `${pack}/${policy}`;

/** Of the policies that are violated. Two versions of a pack are one rule, so that an alert outlives an upgrade. */
function rulesOf(head: ReportHead): Map<string, ReportingDescriptor> {
  const rules = new Map<string, ReportingDescriptor>();
  for (const pack of head.packs) {
    for (const policy of pack.policies) {
      if (violationsOf(policy) === 0) continue;
      const id = ruleIdOf(pack.name, policy.name);
      rules.set(id, ruleOf(id, `${pack.name}@${pack.version}`, policy));
    }
  }
  return rules;
}

function ruleOf(id: string, pack: string, policy: ReportedPolicy): ReportingDescriptor {
  const { name, description, severity } = policy;
  const text = cut(withoutLinks(description || `The policy ${name} of ${pack}.`));
  const score = securitySeverity.get(severity);
  const fix = howToFix(policy).map((line) => `\n\n${cut(line)}`);
  const page = policy.url && URL.canParse(policy.url) ? new URL(policy.url) : undefined;
  return {
    id,
    name: cut(name, 255),
    shortDescription: { text },
    fullDescription: { text },
    help: { text: withoutLinks(`${text}\n\nPolicy ${name} of the pack ${pack}.${fix.join("")}`) },
    ...(page && /^https?:$/.test(page.protocol) && { helpUri: page.href }),
    defaultConfiguration: { level: policy.mandatory > 0 ? "error" : "warning" },
    properties: {
      // GitHub shows the severity only of rules with the tag `security`.
      tags: score === undefined ? ["policy"] : ["policy", "security"],
      ...(score !== undefined && { "security-severity": score }),
    },
  };
}

/** In the middle of GitHub's ranges: critical above 9, high from 7, medium from 4. */
const securitySeverity = new Map([
  ["critical", "9.5"],
  ["high", "8.0"],
  ["medium", "5.5"],
  ["low", "2.0"],
]);

function runOf(head: ReportHead, rules: ReportingDescriptor[]): Run {
  return {
    tool: { driver: { name: "Quillon", rules } },
    // What is before the last slash is GitHub's category: a later run of the same one replaces its alerts.
    automationDetails: { id: `quillon/${subjectOf(head)}/${head.update?.id ?? ""}` },
    columnKind: "utf16CodeUnits",
  };
}

function resultOf(head: ReportHead, result: ReportedResult, indexes: Map<string, number>): Result {
  const { pack, version, policy, level, severity, urn, message, project, stack, exceptions, finding } = result;
  const ruleId = ruleIdOf(pack, policy);
  const ruleIndex = indexes.get(ruleId);
  const justification = reasonOf(result);
  return {
    ruleId,
    ...(ruleIndex !== undefined && { ruleIndex }),
    level: levels.get(level) ?? "note",
    message: { text: withoutLinks(message || `The policy ${policy} is violated.`) },
    locations: [
      {
        // GitHub refuses a result without a file, and a resource has none.
        physicalLocation: { artifactLocation: { uri: programOf(head) }, region: { startLine: 1 } },
        ...(urn && {
          logicalLocations: [{ name: resourceOf(urn).resourceName, fullyQualifiedName: urn, kind: "resource" }],
        }),
      },
    ],
    partialFingerprints: { primaryLocationLineHash: hashOf(pack, policy, urn) },
    ...((isAccepted(result) || isExcepted(result)) && {
      suppressions: [{ kind: "external", status: "accepted", ...(justification && { justification }) }],
    }),
    properties: {
      project,
      stack,
      packVersion: version,
      severity,
      ...(exceptions && { exceptions }),
      ...(finding && { finding }),
    },
  };
}

const levels = new Map<string, Result.level>([
  ["mandatory", "error"],
  ["remediate", "error"],
  ["advisory", "warning"],
]);

function programOf({ update }: ReportHead): string {
  const folders = (update?.folder ?? "").split("/").filter((name) => name && name !== ".");
  return [...folders.map(encodeURIComponent), "Pulumi.yaml"].join("/");
}

/** The same in every run, whatever the pack's version and the message are. */
function hashOf(pack: string, policy: string, urn: string): string {
  return createHash("sha256")
    .update(JSON.stringify([pack, policy, urn]))
    .digest("hex");
}

function invocationOf(head: ReportHead, left: number, total: number): Invocation {
  const { update, counts } = head;
  const compacted = compactedOn(head);
  const notifications: Notification[] = [];
  if (compacted !== undefined) {
    const text = `The update was compacted on ${compacted}, because it is old: of ${count(total, "violation")} it is kept how many resources violate a policy, and not which.`;
    notifications.push({ level: "warning", message: { text } });
  } else if (left > 0) {
    const text = `${left} of ${count(total, "violation")} are not in this file, which has the worst, because it has as many as GitHub takes.`;
    notifications.push({ level: "warning", message: { text } });
  }
  if (counts.notEvaluated > 0) {
    const text = `Policies were not evaluated for ${count(counts.notEvaluated, "resource")}, because ${unknownBecause(head)}.`;
    notifications.push({ level: "note", message: { text } });
  }
  const broken = brokenPacks(head);
  for (const pack of broken) {
    const text = withoutLinks(`Policy pack ${packNames([pack])} made the run fail: ${pack.failure}`);
    notifications.push({ level: "error", message: { text } });
  }
  const silent = silentPacks(head);
  if (silent.length > 0) {
    const text = `Of ${packNames(silent)}, which had to run, nothing was reported. The receipt says whether it analysed anything.`;
    notifications.push({ level: "warning", message: { text } });
  }
  return {
    executionSuccessful: update?.status !== "running" && broken.length === 0,
    ...(update?.startedAt && { startTimeUtc: update.startedAt }),
    ...(update?.endedAt && { endTimeUtc: update.endedAt }),
    toolExecutionNotifications: notifications,
  };
}

/**
 * A stranger's text, in which readers would make a link of `[text](destination)` (3.11.6 of the standard). A space of no width
 * is between the two. https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
function withoutLinks(text: string): string {
  return text.replaceAll("](", "]\u{200B}(");
}

function cut(text: string, longest = LONGEST_DESCRIPTION): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
