import type { MessageInitShape } from "@bufbuild/protobuf";
import { type AnalyzerResourceSchema, encodeStruct } from "@quillon/proto";
import { type PolicyResourceOptions, toWireValue } from "../core.ts";

/**
 * A resource as a test writes it down; only the type is needed. Properties may hold `secret(…)`, `unknown()` and the assets
 * of `@pulumi/pulumi`.
 *
 * @example
 * const bucket: ResourceLiteral = { type: "aws:s3/bucket:Bucket", name: "logs", props: { acl: "private" } };
 */
export interface ResourceLiteral {
  /** The type token. */
  type: string;
  /** `resource` unless given. */
  name?: string;
  /** Made from type and name unless given. */
  urn?: string;
  /** The inputs; in a stack also the outputs, unless those are given. */
  props?: Record<string, any>;
  /** The outputs, for stack policies. */
  outputs?: Record<string, any>;
  /** The options that matter to the test. */
  opts?: Partial<PolicyResourceOptions>;
  /** The provider that manages it. */
  provider?: { type?: string; name?: string; urn?: string; props?: Record<string, any> };
  /** The URN of the parent. */
  parent?: string;
  /** The URNs of what it depends on. */
  dependencies?: string[];
  /** The URNs of what each of its properties depends on. */
  propertyDependencies?: Record<string, string[]>;
}

/** The URN a literal has when it gives none. */
export function urnOf({ type, name = "resource", urn }: ResourceLiteral): string {
  return urn ?? `urn:pulumi:test::test::${type}::${name}`;
}

/** The message the engine would send about the resource. An AnalyzeRequest is its first six fields. */
export async function toMessage(
  literal: ResourceLiteral,
  props: Record<string, any> = literal.props ?? {},
): Promise<MessageInitShape<typeof AnalyzerResourceSchema>> {
  const { type, name = "resource", opts = {}, provider, parent = "", dependencies = [] } = literal;
  return {
    type,
    name,
    urn: urnOf(literal),
    properties: await encode(props),
    options: toOptions({ ...(parent && { parent }), ...opts }),
    ...(provider && { provider: await toProvider(provider, type) }),
    parent,
    dependencies,
    propertyDependencies: Object.fromEntries(
      Object.entries(literal.propertyDependencies ?? {}).map(([property, urns]) => [property, { urns }]),
    ),
  };
}

const encode = async (props: Record<string, any>) => encodeStruct((await toWireValue(props)) as object);

function toOptions(opts: Partial<PolicyResourceOptions>) {
  const { customTimeouts, deleteBeforeReplace, ...rest } = opts;
  return {
    ...rest,
    ...(deleteBeforeReplace !== undefined && { deleteBeforeReplace, deleteBeforeReplaceDefined: true }),
    ...(customTimeouts && {
      customTimeouts: {
        create: customTimeouts.createSeconds,
        update: customTimeouts.updateSeconds,
        delete: customTimeouts.deleteSeconds,
      },
    }),
  };
}

async function toProvider(provider: NonNullable<ResourceLiteral["provider"]>, resourceType: string) {
  const type = provider.type ?? `pulumi:providers:${resourceType.split(":")[0]}`;
  const name = provider.name ?? "default";
  return {
    type,
    name,
    urn: provider.urn ?? `urn:pulumi:test::test::${type}::${name}`,
    properties: await encode(provider.props ?? {}),
  };
}
