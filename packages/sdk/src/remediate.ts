import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type Call,
  encodeStruct,
  type RemediateResponseSchema,
  type RemediationSchema,
  type WireResource,
} from "@quillon/proto";
import { typeMismatch } from "./analyze.ts";
import { AnalyzedResource } from "./args.ts";
import type { PackState } from "./definition.ts";
import { isResourcePolicy } from "./policy.ts";
import { keepSecrets } from "./properties.ts";
import { secretProxy, unknownCheckingProxy } from "./proxy.ts";
import type { ResourceRemediation } from "./resource.ts";
import { PolicyRun } from "./run.ts";
import { SecretKeeper } from "./secrets/keeper.ts";
import { secretPathsOf } from "./secrets/paths.ts";
import { toWireValue } from "./wire-value.ts";

type Remediation = MessageInitShape<typeof RemediationSchema>;

/**
 * Lets every policy of level `remediate` repair one resource, in order: each gets what the previous one returned. What an exception
 * names stays as it is: `validateResource` reports it, and where there is none, the answer says that it was left.
 *
 * @throws `RpcError` when a policy fails.
 */
export async function remediate(
  pack: PackState,
  resource: WireResource,
  call: Call,
): Promise<MessageInitShape<typeof RemediateResponseSchema>> {
  const keeper = new SecretKeeper(() => ({
    properties: resource.properties?.decode() ?? {},
    others: [resource.provider?.properties?.decode() ?? {}],
  }));
  const run = new PolicyRun(pack, call, keeper, resource.urn);
  const analyzed = new AnalyzedResource(resource);
  const remediations: Remediation[] = [];
  let props: Record<string, any> | undefined;
  for (const policy of pack.policies) {
    if (pack.level(policy) !== "remediate" || !isResourcePolicy(policy)) continue;
    const { remediateResource, validateResource } = policy;
    const excepting = pack.exceptions.excepting(policy.name, resource.urn);
    const excepted = excepting && `It is not remediated: ${excepting}.`;
    const reason = remediateResource
      ? (typeMismatch(remediateResource, resource.type) ?? (validateResource && excepted))
      : "Policy does not implement remediateResource";
    if (reason) {
      run.skip(policy, reason);
      continue;
    }
    const said = { policyName: policy.name, policyPackName: pack.name, policyPackVersion: pack.version };
    const entry: Remediation = { ...said, description: policy.description ?? "" };
    const remediation = remediateResource as ResourceRemediation;
    const leave = async () => {
      const result = await remediation(analyzed.args(pack, policy));
      if (result) remediations.push({ ...entry, diagnostic: `${policy.description}\n${excepted}` });
    };
    const repair = async () => {
      if (props) keeper.lookAt(props);
      else props = unknownCheckingProxy(secretProxy(keepSecrets(analyzed.properties), keeper));
      const result = await remediation(analyzed.args(pack, policy, props));
      if (!result) return;
      const wire = await toWireValue(result);
      props = secretPathsOf(wire) ? secretProxy(result, keeper) : result;
      remediations.push({ ...entry, properties: encodeStruct(keeper.keep(wire)) });
    };
    await run.attempt(policy, "remediation", excepted ? leave : repair, (diagnostic) =>
      remediations.push({ ...entry, diagnostic }),
    );
  }
  return { remediations, notApplicable: run.notApplicable };
}
