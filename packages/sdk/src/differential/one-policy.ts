import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { ARCHIVE, ASSET, Call, decodeStruct, encodeStruct, SECRET, SIGNATURE } from "@quillon/proto";
import { AnalyzeRequestSchema, AnalyzeResponseSchema, RemediateResponseSchema } from "@quillon/proto/grpc";
import { PackState } from "../definition.ts";
import type { ResourceValidationPolicy } from "../policy.ts";
import { analyzerService } from "../service.ts";
import type { ResourceLiteral } from "../testing/index.ts";

// One policy of our SDK, and what it is asked.

export const resource = (props: Record<string, unknown> = {}): ResourceLiteral => ({ type: "t", props });
export const validating = (
  validateResource: ResourceValidationPolicy["validateResource"],
): ResourceValidationPolicy => ({
  name: "p",
  description: "d",
  ...(validateResource && { validateResource }),
});
export const remediating = (
  remediateResource: ResourceValidationPolicy["remediateResource"],
): ResourceValidationPolicy => ({
  name: "p",
  description: "d",
  enforcementLevel: "remediate",
  ...(remediateResource && { remediateResource }),
});

/** One request as bytes, for what the test kit would not write. */
export async function call(policy: ResourceValidationPolicy, method: string, properties: object) {
  const service = analyzerService(new PackState("pack", "1.0.0", { policies: [policy] }));
  const request: MessageInitShape<typeof AnalyzeRequestSchema> = {
    type: "t",
    options: {},
    properties: encodeStruct(properties),
  };
  const handler = service.get(`/pulumirpc.Analyzer/${method}`);
  return handler?.(
    toBinary(AnalyzeRequestSchema, create(AnalyzeRequestSchema, request)),
    new Call(),
  ) as Promise<Uint8Array>;
}

export const reportOf = async (policy: ResourceValidationPolicy, properties: object) =>
  fromBinary(AnalyzeResponseSchema, await call(policy, "Analyze", properties)).diagnostics.map(
    ({ message }) => message,
  );

export const remedyOf = async (policy: ResourceValidationPolicy, properties: object) => {
  const { remediations } = fromBinary(RemediateResponseSchema, await call(policy, "Remediate", properties));
  return remediations.map(({ properties: after }) => after && decodeStruct(after));
};

export const secret = (value: unknown) => ({ [SIGNATURE]: SECRET, value });
export const asset = (content: object) => ({ [SIGNATURE]: ASSET, ...content });
export const archive = (content: object) => ({ [SIGNATURE]: ARCHIVE, ...content });
