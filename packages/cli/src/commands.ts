import type { Command } from "commander";

export interface Entry {
  description: string;
  /** Loading all commands would take longer than most of them do. */
  load(): Promise<Command>;
}

/** The commands of `quillon`, in the order of its help. */
export const commands: Record<string, Entry> = {
  server: {
    description: "run the control plane that the Pulumi CLI logs in to",
    load: async () => (await import("./commands/server.ts")).serverCommand(),
  },
  backup: {
    description: "write all that a server has stored into one file (on the server's machine)",
    load: async () => (await import("./commands/backup.ts")).backupCommand(),
  },
  restore: {
    description: "fill a new database, of either kind, with a backup (on the server's machine)",
    load: async () => (await import("./commands/restore.ts")).restoreCommand(),
  },
  login: {
    description: "log in to a server, for quillon and for the Pulumi CLI",
    load: async () => (await import("./commands/login.ts")).loginCommand(),
  },
  logout: {
    description: "remove the login to a server from this machine, for the Pulumi CLI too",
    load: async () => (await import("./commands/logout.ts")).logoutCommand(),
  },
  whoami: {
    description: "show as whom, and to which server, quillon is logged in",
    load: async () => (await import("./commands/whoami.ts")).whoamiCommand(),
  },
  doctor: {
    description: "say what is missing on this machine, and what to do",
    load: async () => (await import("./commands/doctor.ts")).doctorCommand(),
  },
  org: {
    description: "organizations",
    load: async () => (await import("./commands/org.ts")).orgCommand(),
  },
  user: {
    description: "users of an organization",
    load: async () => (await import("./commands/user.ts")).userCommand(),
  },
  team: {
    description: "teams",
    load: async () => (await import("./commands/team.ts")).teamCommand(),
  },
  token: {
    description: "access tokens: your own, an organization's (--org), or a team's (--org and --team)",
    load: async () => (await import("./commands/token.ts")).tokenCommand(),
  },
  group: {
    description: "policy groups: which stacks run which policy packs",
    load: async () => (await import("./commands/group.ts")).groupCommand(),
  },
  pack: {
    description: "policy packs; they are published with quillon policy publish or pulumi policy publish",
    load: async () => (await import("./commands/pack.ts")).packCommand(),
  },
  finding: {
    description: "what policies found, and what people say of it",
    load: async () => (await import("./commands/finding.ts")).findingCommand(),
  },
  policy: {
    description: "publish, enable and remove policy packs, and manage exceptions, with every version of the Pulumi CLI",
    load: async () => (await import("./commands/policy.ts")).policyCommand(),
  },
  webhook: {
    description: "where messages are sent about updates, violations and changes",
    load: async () => (await import("./commands/webhook.ts")).webhookCommand(),
  },
  receipt: {
    description: "which policy packs runs had to ask, and did",
    load: async () => (await import("./commands/receipt.ts")).receiptCommand(),
  },
  verify: {
    description: "say in a pipeline whether the last update of a commit ran the policies that it had to",
    load: async () => (await import("./commands/verify.ts")).verifyCommand(),
  },
  check: {
    description: "hold policy packs against a stack's state, without running its program",
    load: async () => (await import("./commands/check.ts")).checkCommand(),
  },
  run: {
    description:
      "run the Pulumi CLI with the organization's policies, while the stack's state stays in another backend",
    load: async () => (await import("./commands/run.ts")).runCommand(),
  },
  scan: {
    description: "find stacks in a bucket or a folder that were updated without quillon run",
    load: async () => (await import("./commands/scan.ts")).scanCommand(),
  },
  stacks: {
    description: "move stacks in and out in bulk, and restore those that were removed",
    load: async () => (await import("./commands/stacks.ts")).stacksCommand(),
  },
  shim: {
    description: "put a guarded pulumi on the PATH, for what calls the Pulumi CLI by itself",
    load: async () => (await import("./commands/shim.ts")).shimCommand(),
  },
  results: {
    description: "show what policies found in an update or a preview, also as SARIF, JUnit, CSV, Markdown or JSON",
    load: async () => (await import("./commands/results.ts")).resultsCommand(),
  },
  compliance: {
    description: "how many policies pass",
    load: async () => (await import("./commands/compliance.ts")).complianceCommand(),
  },
  audit: {
    description: "who did what in an organization",
    load: async () => (await import("./commands/audit.ts")).auditCommand(),
  },
};
