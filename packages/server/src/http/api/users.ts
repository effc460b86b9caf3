import { addUser } from "../../people/index.ts";
import type { Handlers } from "../route.ts";

export const userHandlers = {
  "POST /api/orgs/{orgName}/users": (ctx, { body }) => addUser(ctx, body),
} satisfies Partial<Handlers>;
