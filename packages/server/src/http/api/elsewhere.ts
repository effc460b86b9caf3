import { exportRequirements } from "../../actions/export-requirements.ts";
import { askRequired, registerStack } from "../../actions/register-stack.ts";
import { requirementsOfNew } from "../../enforcement/index.ts";
import { listElsewhere } from "../../stacks/index.ts";
import { downloadUrl } from "../pulumi/archive-urls.ts";
import { type ProgramRequest, tagsOfProgram } from "../pulumi/program-tags.ts";
import { requiredPolicyOf } from "../pulumi/required-policies.ts";
import { signRequirements, writeRequirements } from "../requirements-text.ts";
import { type Handlers, jsonReply } from "../route.ts";

export const elsewhereHandlers = {
  "GET /api/quillon/orgs/{orgName}/elsewhere": async (ctx, { query }) => {
    const { stacks, continuationToken } = await listElsewhere(ctx, query);
    return {
      stacks: stacks.map(({ there, project, name, createdAt }) => ({
        ...there,
        here: { project, stack: name },
        since: createdAt.toISOString(),
      })),
      ...(continuationToken && { continuationToken }),
    };
  },
  "GET /api/quillon/orgs/{orgName}/elsewhere/policypacks": async (ctx, { query }) => {
    const required = await requirementsOfNew(ctx, { project: query.project, name: query.stack });
    return jsonReply({
      requiredPolicies: required.map((pack) => ({
        ...requiredPolicyOf(ctx, { ...pack, exceptions: [], unapplied: [] }, false),
        archiveSha256: pack.sha256,
      })),
    });
  },
  "POST /api/quillon/orgs/{orgName}/elsewhere/policypacks": async (ctx, { body: { program, ...registration } }) => {
    const { stack, required } = await askRequired(ctx, { ...registration, tags: tagsOf(program) });
    return jsonReply({
      project: stack.project,
      stack: stack.name,
      requiredPolicies: required.map((pack) => ({ ...requiredPolicyOf(ctx, pack, true), archiveSha256: pack.sha256 })),
    });
  },
  "PUT /api/quillon/orgs/{orgName}/elsewhere": async (ctx, { body }) => {
    const { stack, backend, made } = await registerStack(ctx, body);
    return { project: stack.project, stack: stack.name, backend, made };
  },
  "POST /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/requirements": async (ctx, { body }) => {
    const expires = new Date(body.expires * 1000);
    const exported = await exportRequirements(ctx, { expires, tags: tagsOf(body.program) });
    const requirements = writeRequirements(ctx, exported);
    return {
      requirements,
      signature: signRequirements(ctx, requirements),
      archives: exported.required.flatMap(({ sha256, versionId }) =>
        sha256 === null ? [] : [{ archiveSha256: sha256, packLocation: downloadUrl(ctx, versionId) }],
      ),
    };
  },
} satisfies Partial<Handlers>;

function tagsOf({ environment = {}, ...program }: ProgramRequest & { environment?: Record<string, string> } = {}) {
  return tagsOfProgram({ ...program, metadata: { environment } });
}
