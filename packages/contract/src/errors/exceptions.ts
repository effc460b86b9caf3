import { type ErrorTable, oneOf } from "./table.ts";

const NOTHING = "No policy exception was made";

/** Errors about policy exceptions. */
export const exceptionErrors = {
  exception_not_found: {
    status: 404,
    message: (p: { id: string; organization: string }) =>
      `Policy exception ${JSON.stringify(p.id)} does not exist in organization ${p.organization}, or is only for stacks that you may not read.`,
  },
  /** The CLI takes a 409 with `already removed` for success: https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/cmd/pulumi/policy/policy_exception_remove.go */
  exception_removed: {
    status: 409,
    message: (p: { id: string; at: string }) => `Policy exception ${p.id} is already removed, since ${p.at}.`,
  },
  // Never a 404, for which the CLI says that this server has no policy exceptions.
  exception_refused: {
    status: 400,
    message: oneOf({
      pack: (p: { pack: string; organization: string }) =>
        `${NOTHING}: organization ${p.organization} has no published policy pack ${JSON.stringify(p.pack)}. pulumi policy ls shows its packs.`,
      policies: (p: { pack: string; policies: string }) =>
        `${NOTHING}: no published version of policy pack ${p.pack} has ${p.policies}. An exception names each policy as its pack does; "all" is not a policy.`,
      reason: (_: object) =>
        `${NOTHING}: the reason is blank. Say why the violations may stay, for those who read it later.`,
      urn: (p: { entry: number; target: string }) =>
        `${NOTHING}: the target ${JSON.stringify(p.target)} of entry ${p.entry} is not a URN. Write it in full, as pulumi stack --show-urns does: urn:pulumi:STACK::PROJECT::TYPE::NAME. An exception has no patterns.`,
      duration: (p: { seconds: number }) =>
        `${NOTHING}: expiresInSeconds is ${p.seconds}. It must be whole hours, from 3600 (1 hour) to 315360000 (3,650 days).`,
    }),
  },
} as const satisfies ErrorTable;
