import { type ExceptedRun, readExceptionsOf } from "../../exceptions/index.ts";
import type { Handlers } from "../route.ts";

export const exceptionHandlers = {
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/exceptions": async (
    ctx,
    { params },
  ) => {
    const { id, packs } = await readExceptionsOf(ctx, params.updateID);
    return { updateID: id, packs: packs.map(packOf) };
  },
} satisfies Partial<Handlers>;

function packOf({ pack, version, tag, exceptions, exceptionsBy }: ExceptedRun) {
  return {
    policyPack: pack,
    version,
    versionTag: tag ?? "",
    appliedBy: exceptionsBy,
    exceptions: exceptions.map(({ id, reason, expiresAt, match }) => ({
      id,
      reason,
      ...(expiresAt && { expiresAt: new Date(expiresAt).toISOString() }),
      match: match.map(({ policies, targets }) => ({ policies: [...policies], targets: [...targets] })),
    })),
  };
}
