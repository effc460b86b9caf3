import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Call, decodeStruct, encodeStruct, SECRET, SIGNATURE } from "@quillon/proto";
import { AnalyzeRequestSchema, RemediateResponseSchema } from "@quillon/proto/grpc";
import { PackState } from "../definition.ts";
import type { ResourceRemediation } from "../resource.ts";
import { analyzerService } from "../service.ts";

// For the tests of this folder.

export type Fields = Record<string, any>;

/** A secret as on the wire. */
export const secret = (value: unknown) => ({ [SIGNATURE]: SECRET, value });

/** Asks a pack of these remediations over the bytes that an engine sends. @returns What each one of them sends back. */
export async function chain(
  steps: ResourceRemediation[],
  given: Fields,
  providerProps: Fields = {},
): Promise<Fields[]> {
  const policies = steps.map((remediateResource, index) => ({
    name: `p${index}`,
    description: "d",
    enforcementLevel: "remediate" as const,
    remediateResource,
  }));
  const service = analyzerService(new PackState("pack", "1.0.0", { policies }));
  const request = create(AnalyzeRequestSchema, {
    type: "t",
    options: {} as never,
    properties: encodeStruct(given) as never,
    provider: { type: "pulumi:providers:t", properties: encodeStruct(providerProps) as never },
  });
  const answer = await service.get("/pulumirpc.Analyzer/Remediate")?.(
    toBinary(AnalyzeRequestSchema, request),
    new Call(),
  );
  const { remediations } = fromBinary(RemediateResponseSchema, answer as Uint8Array);
  return remediations.map(({ properties }) => decodeStruct(properties ?? new Uint8Array()));
}
