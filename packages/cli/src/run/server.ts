import { findSession, type Session, type Stored } from "../session.ts";

/**
 * The Quillon server whose policies a run must ask. The Pulumi CLI's own login and variables don't name it: that may be a vendor's service, which
 * requires nothing, and the run would be taken for one that the server itself guards.
 *
 * @throws Error that says how to name it.
 */
export async function findServer(env: NodeJS.ProcessEnv, read?: () => Promise<Stored>): Promise<Session> {
  const { PULUMI_BACKEND_URL: _, PULUMI_ACCESS_TOKEN: __, ...ours } = env;
  const session = await findSession(ours, read);
  if (session.by !== "pulumi login") return session;
  throw new Error(
    `The Pulumi CLI is logged in to ${session.url}, and nothing says that this is a Quillon server. Run \`quillon login URL\`, or set QUILLON_URL and QUILLON_TOKEN.`,
  );
}
