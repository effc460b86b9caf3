import * as aws from "@pulumi/aws";
import { PolicyPack, remediateResourceOfType, validateResourceOfType } from "@quillon/policy";

const EVERYWHERE = ["0.0.0.0/0", "::/0"];
const ADMINISTRATION = [22, 3389];

interface Rule {
  protocol: string;
  fromPort: number;
  toPort: number;
  cidrBlocks?: string[];
  ipv6CidrBlocks?: string[];
}

function opensAdministration({ protocol, fromPort, toPort, cidrBlocks = [], ipv6CidrBlocks = [] }: Rule): boolean {
  const ports =
    protocol === "-1" ? ADMINISTRATION : ADMINISTRATION.filter((port) => fromPort <= port && port <= toPort);
  return ports.length > 0 && [...cidrBlocks, ...ipv6CidrBlocks].some((block) => EVERYWHERE.includes(block));
}

/** IAM takes one text in place of a list of one. */
const listOf = <T>(value: T | T[] | undefined): T[] => (value === undefined ? [] : ([value].flat() as T[]));

interface Statement {
  Effect: string;
  Action?: string | string[];
  Resource?: string | string[];
}

function allowsEverything({ Effect, Action, Resource }: Statement): boolean {
  return Effect === "Allow" && listOf(Action).includes("*") && listOf(Resource).includes("*");
}

new PolicyPack("aws", {
  policies: [
    {
      name: "no-open-administration",
      description: "Nobody can log in to a machine from the whole internet.",
      enforcementLevel: "mandatory",
      severity: "critical",
      validateResource: validateResourceOfType(aws.ec2.SecurityGroup, (group, _args, reportViolation) => {
        for (const [index, rule] of (group.ingress ?? []).entries()) {
          if (!opensAdministration(rule)) continue;
          reportViolation({
            message: "SSH or remote desktop is open to everybody.",
            path: `ingress[${index}]`,
            suggestion: "Name the networks that need it, or use AWS Systems Manager.",
          });
        }
      }),
    },
    {
      name: "database-not-public",
      description: "Databases have no public address, and are encrypted.",
      enforcementLevel: "mandatory",
      severity: "high",
      validateResource: validateResourceOfType(aws.rds.Instance, (database, _args, reportViolation) => {
        if (database.publiclyAccessible) {
          reportViolation({ message: "The database has a public address.", path: "publiclyAccessible" });
        }
        if (!database.storageEncrypted) {
          reportViolation({
            message: "The database is not encrypted, and that can't be changed later.",
            path: "storageEncrypted",
            suggestion: "Set it to true.",
          });
        }
      }),
    },
    {
      name: "no-all-powerful-policy",
      description: "No IAM policy allows everything on everything.",
      enforcementLevel: "mandatory",
      severity: "high",
      validateResource: validateResourceOfType(aws.iam.Policy, ({ policy }, _args, reportViolation) => {
        const document = typeof policy === "string" ? JSON.parse(policy) : policy;
        if (listOf<Statement>(document.Statement).some(allowsEverything)) {
          reportViolation({ message: "A statement allows every action on every resource.", path: "policy" });
        }
      }),
    },
    {
      name: "volume-encrypted",
      description: "Volumes are encrypted: those that are not are encrypted by this policy.",
      enforcementLevel: "remediate",
      remediateResource: remediateResourceOfType(aws.ebs.Volume, (volume) =>
        volume.encrypted ? undefined : { ...volume, encrypted: true },
      ),
      // What a level below `remediate` reports.
      validateResource: validateResourceOfType(aws.ebs.Volume, (volume, _args, reportViolation) => {
        if (!volume.encrypted) reportViolation({ message: "The volume is not encrypted.", path: "encrypted" });
      }),
    },
  ],
});
