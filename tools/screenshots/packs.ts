// Policy packs as organizations have them. What they say is made up, and nothing runs them.

interface Policy {
  name: string;
  severity: string;
  description: string;
  /** What a violation says, and of which type of resource. */
  message: string;
  of: string;
}

const policy = ([name, severity, of, description, message]: readonly [
  string,
  string,
  string,
  string,
  string,
]): Policy => ({
  name,
  severity,
  of,
  description,
  message,
});

export const aws: Policy[] = (
  [
    [
      "bucket-no-public-read",
      "critical",
      "aws:s3/bucket:Bucket",
      "Buckets must not be readable by everybody.",
      "The ACL is public-read. Use private, and give access by a bucket policy.",
    ],
    [
      "bucket-encrypted",
      "high",
      "aws:s3/bucket:Bucket",
      "Buckets are encrypted with a key of the organization.",
      "The bucket has no server-side encryption with a KMS key.",
    ],
    [
      "database-encrypted",
      "high",
      "aws:rds/instance:Instance",
      "Storage of databases is encrypted.",
      "storageEncrypted is false, so the disks of this database can be read.",
    ],
    [
      "database-backups",
      "medium",
      "aws:rds/instance:Instance",
      "Databases keep backups for 14 days or more.",
      "backupRetentionPeriod is 1. It must be 14 or more.",
    ],
    [
      "no-open-ssh",
      "critical",
      "aws:ec2/securityGroup:SecurityGroup",
      "No port for SSH is open to the internet.",
      "Port 22 is open to 0.0.0.0/0.",
    ],
    [
      "role-no-star",
      "high",
      "aws:iam/role:Role",
      "Roles name the actions that they allow.",
      "The role's policy allows the action *.",
    ],
    [
      "logs-kept",
      "low",
      "aws:cloudwatch/logGroup:LogGroup",
      "Logs are kept for 30 days or more.",
      "retentionInDays is 7. It must be 30 or more.",
    ],
    [
      "owner-tag",
      "low",
      "aws:lambda/function:Function",
      "Every resource says which team owns it.",
      "The tag `owner` is missing.",
    ],
  ] as const
).map(policy);

export const cost: Policy[] = (
  [
    [
      "small-instances",
      "medium",
      "aws:ec2/instance:Instance",
      "Outside of production, instances are small.",
      "m5.4xlarge is larger than m5.large.",
    ],
    [
      "gp3-volumes",
      "low",
      "aws:ebs/volume:Volume",
      "Volumes are of the type gp3.",
      "The type is gp2, which costs a fifth more.",
    ],
    [
      "cost-center-tag",
      "low",
      "aws:ec2/instance:Instance",
      "Instances say who pays for them.",
      "The tag `cost-center` is missing.",
    ],
  ] as const
).map(policy);

/** What is published of them. */
export const described = (policies: readonly Policy[]) =>
  policies.map(({ name, severity, description }) => ({
    name,
    severity,
    displayName: name,
    description,
    message: description,
    enforcementLevel: severity === "critical" ? "mandatory" : "advisory",
  }));

export const README = `# aws-foundations

What every account must have, whoever owns it. Each policy says what to change when it fails.

## Before you ask for an exception

Read the policy's description, then ask in the channel of the cloud team. Most violations are a property away from being right.
`;
