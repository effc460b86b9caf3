import type { MessageInitShape } from "@bufbuild/protobuf";
import { type AnalyzerResourceSchema, encodeStruct } from "@quillon/proto";
import { type PolicyResourceOptions, toWireValue } from "../core.ts";

/**
 * A resource as a test writes it. Only the type is required. Properties may contain `secret(…)`, `unknown()` and the assets
 * of `@pulumi/pulumi`.
 *
 * @example
 * const bucket: ResourceLiteral = { type: "aws:s3/bucket:Bucket", name: "logs", props: { acl: "private" } };
 */
export interface ResourceLiteral {
  /** The type token. */
  type: string;
  /** By default `resource`. */
  name?: string;
  /** By default made of the type and the name. */
  urn?: string;
  /** The inputs. For stack policies they are also the outputs, unless `outputs` is given. */
  props?: Record<string, any>;
  /** The outputs, for stack policies. */
  outputs?: Record<string, any>;
  /** The options that the test needs. */
  opts?: Partial<PolicyResourceOptions>;
  /** The provider of the resource. */
  provider?: { type?: string; name?: string; urn?: string; props?: Record<string, any> };
  /** The URN of the parent. */
  parent?: string;
  /** The URNs of the resources that it depends on. */
  dependencies?: string[];
  /** The URNs of the resources that each of its properties depends on. */
  propertyDependencies?: Record<string, string[]>;
}

/** The URN of a literal, also of one that gives none. */
export function urnOf({ type, name = "resource", urn }: ResourceLiteral): string {
  return urn ?? `urn:pulumi:test::test::${type}::${name}`;
}

/** The message that the engine would send for the resource. An AnalyzeRequest has the first six of its fields. */
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
