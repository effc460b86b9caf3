import { Command } from "commander";
import { withSignIn } from "../organization.ts";
import { type JsonOption, printFacts, withJson } from "../output.ts";
import { clientOf, findSession } from "../session.ts";

/** `quillon whoami`. */
export function whoamiCommand(): Command {
  return withSignIn(withJson(new Command("whoami"))).action(showUser);
}

async function showUser(options: JsonOption): Promise<void> {
  const session = await findSession(process.env);
  const { githubLogin, organizations, tokenInfo } = await clientOf(session).call("GET /api/user", {});
  const { url, by } = session;
  const names = organizations.map((one) => one.githubLogin);
  printFacts(
    options,
    { user: githubLogin, url, organizations: names, loggedInBy: by, ...(tokenInfo && { token: tokenInfo }) },
    {
      User: githubLogin,
      Server: url,
      Organizations: names.join(", "),
      Token: tokenInfo && [tokenInfo.name, tokenInfo.team ?? tokenInfo.organization].join(" of "),
      "Logged in by": by,
    },
  );
}
