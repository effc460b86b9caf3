import { addUser } from "../../people/index.ts";
import type { Handlers } from "../route.ts";

export const orgUserHandlers = {
  "POST /api/orgs/{orgName}/users": (ctx, { body }) => addUser(ctx, body),
} satisfies Partial<Handlers>;
