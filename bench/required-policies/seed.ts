import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { createUpdate } from "../../packages/server/src/actions/create-update.ts";
import { readRequired } from "../../packages/server/src/actions/excepted-packs.ts";
import type { StackCtx, StackRef } from "../../packages/server/src/context.ts";
import type { Db } from "../../packages/server/src/db/open.ts";
import { readCoverage } from "../../packages/server/src/enforcement/index.ts";
import { listGroups, sumPlaceCounts } from "../../packages/server/src/groups/index.ts";
import { updateHandlers } from "../../packages/server/src/http/pulumi/updates.ts";
import { deriveKeys } from "../../packages/server/src/keys.ts";

export type Ask = () => Promise<unknown>;

export interface Asks {
  /** Which policy packs must one stack run, and which exceptions are in effect for it? */
  required: Ask;
  /** The same, and the update is created that must run them. */
  create: Ask;
  /** The same, and the answer written for a CLI that does not know exceptions, so that the packs are told of them. */
  older: Ask;
  /** How many stacks are in each group? */
  groups: Ask;
  /** How many stacks have policies? */
  metadata: Ask;
  /** Changes the tags of one stack, so that it must be looked at again. */
  change: Ask;
  /** Makes 10,000 exceptions, of which 50 are the stack's. */
  except: Ask;
}

const PACKS = 20;
const PREVIEW = "POST /api/stacks/{orgName}/{projectName}/{stackName}/preview";
const OLDER_PREVIEW = {
  headers: { "user-agent": "pulumi-cli/1 (v3.200.0; linux)" },
  body: { name: "project", runtime: "nodejs", config: {}, options: { dryRun: true }, metadata: {} },
};
const keys = deriveKeys(randomBytes(32));

/**
 * Makes an organization for each number of policy groups, each with that many stacks.
 *
 * @returns questions about each organization, by its number of groups
 */
export async function seed(db: Db, size: { stacks: number; groups: number[] }): Promise<Map<number, Asks>> {
  const asks = new Map<number, Asks>();
  for (const groups of size.groups) {
    const name = `org${groups}`;
    await insert(db, name, { stacks: size.stacks, groups });
    const stack = await findStack(db, name);
    const org = { id: stack.organizationId, name };
    // All that these questions need of a request.
    const actor = { userId: await insertUser(db, name) };
    const ctx = { db, keys, url: "http://127.0.0.1", stack, org, actor } as unknown as StackCtx;
    const preview = {
      kind: "preview",
      options: { dryRun: true },
      tags: { program: {}, git: {} },
      exceptionsBy: "engine",
    } as const;
    const required = () => readRequired(ctx);
    if ((await required()).length === 0) throw new Error("the stack must run nothing, so there is nothing to measure");
    asks.set(groups, {
      required,
      create: () => createUpdate(ctx, preview),
      older: () => updateHandlers[PREVIEW](ctx, OLDER_PREVIEW as never) as Promise<unknown>,
      async groups() {
        for await (const _ of listGroups(ctx));
      },
      metadata: () => readCoverage(ctx),
      change: () =>
        sql`
          update stacks set tags = json_build_object('env', 'env-' || (substr(tags ->> 'env', 5)::int + 1) % 7)
          where id = ${stack.id}`.execute(db),
      except: () => run(db, name, exceptions),
    });
  }
  return asks;
}

async function findStack(db: Db, organization: string): Promise<StackRef & { organizationId: string }> {
  const { rows } = await sql<StackRef & { organizationId: string }>`
    select stack.id, project, stack.name, organization_id as "organizationId" from stacks stack join organizations on organizations.id = organization_id
    where organizations.name = ${organization} and stack.name = 'stack-7'`.execute(db);
  const [stack] = rows;
  if (!stack) throw new Error(`${organization} has no stack-7`);
  return stack;
}

async function insertUser(db: Db, login: string): Promise<string> {
  const { rows } = await sql<{
    id: string;
  }>`insert into users (login, name) values (${login}, ${login}) returning id`.execute(db);
  return rows[0]?.id ?? "";
}

async function insert(db: Db, name: string, { stacks, groups }: { stacks: number; groups: number }): Promise<void> {
  await sql`insert into organizations (name) values (${name})`.execute(db);
  await run(db, name, inserts(stacks, groups));
  // As the server does from time to time.
  await sumPlaceCounts(db);
}

/** `$org` stands for the organization's id. */
async function run(db: Db, organization: string, texts: readonly string[]): Promise<void> {
  const id = `(select id from organizations where name = '${organization}')`;
  for (const text of texts) await sql.raw(text.replaceAll("$org", id)).execute(db);
  await sql.raw("analyze").execute(db);
}

const EXCEPTIONS = { all: 10_000, own: 50 };
const numbered = `from (select n, case when n <= ${EXCEPTIONS.own} then 7 else 1000 + n end as stack
  from generate_series(1, ${EXCEPTIONS.all}) n) as numbered`;

const exceptions = [
  `insert into policy_exceptions (organization_id, number, pack, policies, match, reason, digest)
    select $org, n, 'pack-' || n % ${PACKS} + 1, '{p}', json_build_array(json_build_object('policies', array['p'],
        'targets', array['urn:pulumi:stack-' || stack || '::project-' || stack % 100 || '::a:b:C::n' || n])),
      'The resource moves to another account in a quarter.', decode(md5(n::text), 'hex')
    ${numbered}`,
  `insert into policy_exception_stacks (exception_id, organization_id, project, stack)
    select exception.id, $org, 'project-' || stack % 100, 'stack-' || stack
    ${numbered} join policy_exceptions exception on exception.number = n and exception.organization_id = $org`,
];

function inserts(stacks: number, groups: number): string[] {
  return [
    `insert into stacks (organization_id, project, name, tags, data_key)
      select $org, 'project-' || n % 100, 'stack-' || n, json_build_object('env', 'env-' || n % 7, 'pulumi:project', 'x'), ''
      from generate_series(1, ${stacks}) n`,
    `insert into policy_packs (organization_id, name) select $org, 'pack-' || n from generate_series(1, ${PACKS}) n`,
    `insert into policy_pack_versions
        (pack_id, version, tag, status, metadata, reserved_until, blob, sha256, size)
      select pack.id, n, '1.0.' || n, 'completed', '{"displayName":"d","policies":[]}', now(), 'b', 's', 1
      from policy_packs pack, generate_series(1, 3) n where organization_id = $org`,
    `insert into policy_groups (organization_id, name, is_default) values ($org, 'default-policy-group', true)`,
    // Half of them include the stack that is asked about.
    `insert into policy_groups (organization_id, name, stack_rule)
      select $org, 'group-' || n, json_build_object(
        'all', json_build_array(json_build_object('project', case when n % 2 = 0 then 'project-*' else 'other-*' end)),
        'any', json_build_array(json_build_object('stack', 'stack-*'), json_build_object('tag', 'env', 'value', 'env-3')),
        'except', json_build_array(json_build_object('tag', 'sandbox')))::text
      from generate_series(1, ${groups}) n`,
    `insert into policy_group_packs (group_id, pack_id, version_id, config, changed)
      select grouped.id, version.pack_id, version.id, '{"all":{"enforcementLevel":"mandatory"}}', 1
      from (select id, row_number() over (order by name) as n from policy_groups where organization_id = $org) grouped
      join (select version.*, row_number() over (order by version.id) as n from policy_pack_versions version
            join policy_packs pack on pack.id = version.pack_id where pack.organization_id = $org) version
        on version.n = grouped.n % ${PACKS * 3} + 1`,
  ];
}
