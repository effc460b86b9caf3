import { signOut } from "../../actions/change-rights.ts";
import type { UserCtx } from "../../context.ts";
import { listOrganizations, type Session, startProxySession, startSession } from "../../people/index.ts";
import { type Handlers, jsonReply, RawReply } from "../route.ts";
import { noSessionCookie, sessionCookie } from "../session-cookie.ts";

export const sessionHandlers = {
  "GET /api/quillon/session": (ctx) => shapeOf(ctx),
  "POST /api/quillon/session": async (ctx) => {
    // Otherwise a session could make its successor, and nobody would ever have to sign in again.
    if (ctx.actor.sessionExpires) return shapeOf(ctx);
    return started(ctx, await startSession(ctx));
  },
  "POST /api/quillon/session/proxy": async (ctx) => started(ctx, await startProxySession(ctx)),
  "DELETE /api/quillon/session": async (ctx) => {
    await signOut(ctx);
    return new RawReply("", { "set-cookie": noSessionCookie(ctx.url) }, 204);
  },
} satisfies Partial<Handlers>;

async function started({ db, url }: Pick<UserCtx, "db" | "url">, session: Session): Promise<RawReply> {
  return jsonReply(await shapeOf({ db, actor: session.actor }), { "set-cookie": sessionCookie(session, url) });
}

async function shapeOf({ db, actor }: Pick<UserCtx, "db" | "actor">) {
  const { login, name, siteAdmin, sessionExpires } = actor;
  return {
    login,
    name,
    siteAdmin,
    ...(sessionExpires && { expires: sessionExpires.toISOString() }),
    organizations: await listOrganizations(db, actor),
  };
}
