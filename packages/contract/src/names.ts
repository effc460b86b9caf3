import { type Static, Type } from "typebox";

/**
 * An organization or user login. The CLI refuses other owners:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/backend.go#L931
 */
export const OrgName = Type.String({ pattern: "^[a-zA-Z0-9][a-zA-Z0-9_-]{1,38}[a-zA-Z0-9]$" });

/**
 * Projects, stacks, policy packs and version tags share one rule in Pulumi's API. `.` and `..` are refused in addition: a
 * client takes them out of a URL, and so calls another route with what is left.
 */
const NAME = /^(?!\.{1,2}$)[A-Za-z0-9_.-]{1,100}$/;
const name = {
  pattern: NAME.source,
  description: "1 to 100 letters, digits, -, _ and . (the names . and .. are not accepted)",
};
export const ProjectName = Type.String(name);
export const StackName = Type.String(name);
export const PackName = Type.String(name);
export const VersionTag = Type.String(name);
/** Whether a project, a stack, a policy pack or a version tag can have this name. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

/** Spaces may be inside. */
export const GroupName = Type.String({
  pattern: "^(?!\\.{1,2}$)(?! )[A-Za-z0-9_. -]{0,99}[A-Za-z0-9_.-]$",
  description: "1 to 100 letters, digits, -, _, . and inner spaces (the names . and .. are not accepted)",
});
export const TeamName = Type.String(name);
export const HookName = Type.String(name);

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The id of an update, a reservation and other things that the server creates. */
export const Uuid = Type.String({ pattern: UUID.source });

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** 1 to 40 characters. A tag's name is part of URLs, too. */
export const TagName = Type.String({ pattern: "^(?!\\.{1,2}$)[a-zA-Z0-9_.:-]{1,40}$" });
export const TagValue = Type.String({ maxLength: 256 });
/** Of one stack. The CLI sets some fifteen by itself. */
export const MOST_TAGS = 200;
export const StackTags = Type.Record(TagName, TagValue, { additionalProperties: false, maxProperties: MOST_TAGS });

/** What a caller may do in an organization. */
export const Role = Type.Union([Type.Literal("admin"), Type.Literal("policy-manager"), Type.Literal("member")]);
export type Role = Static<typeof Role>;

/** What a caller may do with a stack. Each permission includes those before it. */
export const StackPermission = Type.Union([
  Type.Literal("none"),
  Type.Literal("read"),
  Type.Literal("write"),
  Type.Literal("admin"),
]);
export type StackPermission = Static<typeof StackPermission>;

export const OrgParams = Type.Object({ orgName: OrgName });
export const StackParams = Type.Object({ orgName: OrgName, projectName: ProjectName, stackName: StackName });

/** The policy group that every organization has, with all stacks of the organization. */
export const DEFAULT_POLICY_GROUP = "default-policy-group";

/** The default policy group for accounts. The name is the one in Pulumi's API. */
export const DEFAULT_ACCOUNTS_GROUP = "default-accounts-policy-group";
