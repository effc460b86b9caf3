import type { Api, ReplyOf, Role } from "@quillon/contract";
import type { Client } from "@quillon/contract/client";
import { Command, Option } from "commander";
import { repeated } from "../arguments.ts";
import { roles } from "../choices.ts";
import { parseExpiry } from "../expiry.ts";
import { withSignIn } from "../organization.ts";
import { printTable } from "../output.ts";
import { signIn } from "../session.ts";

type Token = ReplyOf<Api["GET /api/user/tokens"]>["tokens"][number];

/** The owner of the tokens: the caller, unless an organization or one of its teams is named. */
interface Owner {
  org?: string;
  team?: string;
}

interface NewOptions extends Owner {
  role?: Role;
  project?: string[];
  description?: string;
  expires?: string;
}

/** `quillon token new|ls|revoke`: access tokens of the caller, of an organization, or of a team. */
export function tokenCommand(): Command {
  const create = withOwner(new Command("new"))
    .description("make an access token and print it; it is not shown again")
    .argument("<name>", "what it is for: letters, digits, - and _ for an organization's or a team's token")
    .addOption(new Option("--role <role>", "what an organization's token may do (default: member)").choices(roles))
    .addOption(repeated("--project <name>", "limit an organization's or a team's token to the stacks of this project"))
    .option("--description <text>", "more about what it is for")
    .option("--expires <when>", "90d, 12h, 4w, or a day such as 2030-01-31 (default: never)")
    .action(makeToken);
  const list = withOwner(new Command("ls"))
    .description("list access tokens, never their values")
    .option("--json", "print JSON")
    .action(listTokens);
  const revoke = withOwner(new Command("revoke"))
    .description("revoke an access token: from now on it is refused")
    .argument("<token>", "its id, or the name of an organization's or a team's token")
    .action(revokeToken);
  return new Command("token").addCommand(create).addCommand(list).addCommand(revoke);
}

function withOwner(command: Command): Command {
  return withSignIn(command)
    .option("--org <org>", "the organization that it belongs to")
    .option("--team <team>", "the team of that organization that it belongs to");
}

async function makeToken(name: string, options: NewOptions): Promise<void> {
  const { role, project: projects, description = "", expires } = options;
  const owner = checkOwner(options);
  if (projects && !owner.org) throw new Error("--project is for tokens of an organization or a team: give --org.");
  if (role && (!owner.org || owner.team)) throw new Error("--role is for tokens of an organization: give --org alone.");
  const body = { description, expires: expires ? parseExpiry(expires, new Date()) : 0 };
  const { id, tokenValue } = await create(await signIn(), owner, { ...body, name, role, projects });
  process.stderr.write(`Made access token ${id}. Its value, shown this once:\n`);
  process.stdout.write(`${tokenValue}\n`);
}

interface NewToken {
  name: string;
  description: string;
  expires: number;
  role: Role | undefined;
  projects: string[] | undefined;
}

/** @throws Error when the server is older and has made a token without the limit, which is revoked then. */
export async function create(
  client: Client,
  owner: Owner,
  wanted: NewToken,
): Promise<{ id: string; tokenValue: string }> {
  const { projects, ...made } = await send(client, owner, wanted);
  if (!wanted.projects || projects) return made;
  await revoke(client, owner, made.id);
  throw new Error("No token was made: this server is older than this command, and can't limit a token to projects.");
}

/** A person's tokens have no name on the server, so the description starts with it. */
function send(client: Client, { org, team }: Owner, { name, role, projects, ...body }: NewToken) {
  const limit = projects && { projects };
  if (org && team) {
    const params = { orgName: org, teamName: team };
    return client.call("POST /api/orgs/{orgName}/teams/{teamName}/tokens", {
      params,
      body: { ...body, ...limit, name },
    });
  }
  if (org) {
    const named = { ...body, ...limit, name, admin: role === "admin", ...(role && { roleID: role }) };
    return client.call("POST /api/orgs/{orgName}/tokens", { params: { orgName: org }, body: named });
  }
  const description = [name, body.description].filter(Boolean).join(": ");
  return client.call("POST /api/user/tokens", { body: { ...body, description } });
}

async function listTokens(options: Owner & { json?: true }): Promise<void> {
  const tokens = await listTokensOf(await signIn(), checkOwner(options));
  const headings = ["ID", "NAME", "ROLE", "PROJECTS", "MADE BY", "MADE", "EXPIRES", "LAST USED"];
  printTable(options, tokens, headings, (token) => [
    token.id,
    [token.name, token.description].filter(Boolean).join(": "),
    token.role?.id ?? "",
    token.projects?.join(", ") ?? "all",
    token.createdBy,
    token.created.slice(0, 10),
    token.expires ? dayOf(token.expires) : "never",
    token.lastUsed ? dayOf(token.lastUsed) : "never",
  ]);
}

function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

async function listTokensOf(client: Client, { org, team }: Owner): Promise<Token[]> {
  const { tokens } =
    org && team
      ? await client.call("GET /api/orgs/{orgName}/teams/{teamName}/tokens", {
          params: { orgName: org, teamName: team },
        })
      : org
        ? await client.call("GET /api/orgs/{orgName}/tokens", { params: { orgName: org } })
        : await client.call("GET /api/user/tokens", {});
  return tokens;
}

async function revokeToken(wanted: string, options: Owner): Promise<void> {
  checkOwner(options);
  const client = await signIn();
  const found = (await listTokensOf(client, options)).find(
    ({ id, name }) => id === wanted || (name !== "" && name === wanted),
  );
  if (!found) throw new Error(`There is no access token ${wanted} here; \`quillon token ls\` lists them.`);
  await revoke(client, options, found.id);
  process.stderr.write(`Revoked access token ${found.id}.\n`);
}

async function revoke(client: Client, { org, team }: Owner, tokenId: string): Promise<void> {
  if (org && team) {
    const params = { orgName: org, teamName: team, tokenId };
    await client.call("DELETE /api/orgs/{orgName}/teams/{teamName}/tokens/{tokenId}", { params });
  } else if (org) {
    await client.call("DELETE /api/orgs/{orgName}/tokens/{tokenId}", { params: { orgName: org, tokenId } });
  } else {
    await client.call("DELETE /api/user/tokens/{tokenId}", { params: { tokenId } });
  }
}

function checkOwner<O extends Owner>(options: O): O {
  if (options.team && !options.org) throw new Error("--team needs --org: name the team's organization too.");
  return options;
}
