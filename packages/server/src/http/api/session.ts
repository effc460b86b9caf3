import { signOut } from "../../actions/change-rights.ts";
import type { UserCtx } from "../../context.ts";
import { listOrganizations, startSession } from "../../people/index.ts";
import { type Handlers, jsonReply, RawReply } from "../route.ts";
import { noSessionCookie, sessionCookie } from "../session-cookie.ts";

export const sessionHandlers = {
  "GET /api/quillon/session": (ctx) => shapeOf(ctx),
  "POST /api/quillon/session": async (ctx) => {
    // Otherwise a session could make its successor, and nobody would ever have to sign in again.
    if (ctx.actor.sessionExpires) return shapeOf(ctx);
    const session = await startSession(ctx);
    return jsonReply(await shapeOf(ctx, session.expires), { "set-cookie": sessionCookie(session, ctx.url) });
  },
  "DELETE /api/quillon/session": async (ctx) => {
    await signOut(ctx);
    return new RawReply("", { "set-cookie": noSessionCookie(ctx.url) }, 204);
  },
} satisfies Partial<Handlers>;

async function shapeOf({ db, actor }: UserCtx, expires: Date | undefined = actor.sessionExpires) {
  return {
    login: actor.login,
    name: actor.name,
    siteAdmin: actor.siteAdmin,
    ...(expires && { expires: expires.toISOString() }),
    organizations: await listOrganizations(db, actor),
  };
}
