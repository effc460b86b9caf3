import { registerStack } from "../../actions/register-stack.ts";
import type { Handlers } from "../route.ts";

export const elsewhereHandlers = {
  "PUT /api/quillon/orgs/{orgName}/elsewhere": async (ctx, { body }) => {
    const { stack, backend, made } = await registerStack(ctx, body);
    return { project: stack.project, stack: stack.name, backend, made };
  },
} satisfies Partial<Handlers>;
