import type pg from "pg";

/** In findings for each stack, of which a sixth has ended. Every hundredth stack has 25 times as many. */
const FINDINGS = 100;
const PROJECTS = 300;
const PACKS = 20;
/** Each stack runs so many packs, with ten policies each. */
const PACKS_OF_STACK = 5;

/**
 * Fills an empty organization as a large one is: some stacks have 30 times as many findings as others, most are open, few
 * are critical, and a pack's findings are as old as the pack is in use. Then a team that may read 50 of 10,000 stacks, and one
 * that may read 3,000.
 */
export async function fillOrganization(database: pg.Client, name: string, stacks: number): Promise<void> {
  for (const text of statements(stacks)) await database.query(text.replace("$name", name));
}

/** After it, on the same connection: previews show that a twentieth of the stacks are blocked, and those of one show 20,000 violations. */
export async function blockSome(database: pg.Client): Promise<void> {
  await database.query(
    `insert into predictions (stack_id, source, pack, policy, urn, urn_digest, tag, level, severity, message, first_seen_at,
      last_seen_at, update_id)
    select made.id, 'pr:' || m % 5, pack, policy, urn, sha256(convert_to(urn, 'UTF8')), '1.0.0', 'mandatory', severity,
      'What the update would violate.', seen, seen, md5(name || m % 5)::uuid
    from (
      select filled.*, m, 'urn:pulumi:' || name || '::' || project || '::aws:s3/bucket:Bucket::blocked-' || m as urn,
        now() - interval '1 hour' * (n % 300 + m % 5) as seen
      from filled, generate_series(1, case when n = 7 then 20000 else 10 end) m where n = 7 or n % 20 = 0
    ) as made join policies on p = n % ${PACKS} and q = m % 10`,
  );
}

/** All findings have the same level and severity from now on, as those of packs that say neither have. */
export async function makeAlike(database: pg.Client): Promise<void> {
  for (const text of [
    "set session_replication_role = replica",
    "update findings set level = 'advisory', severity = ''",
  ])
    await database.query(text);
  for (const text of [...COUNTING, "reset session_replication_role", "vacuum analyze"]) await database.query(text);
}

/** Counts all findings, instead of triggers. */
const COUNTING = [
  "truncate finding_times, finding_counts",
  `insert into finding_times (
      organization_id, stack_id, closed, came_back, count, first_seen_at, modified_at, last_seen_at, severity, level, status,
      priority, pack, policy, resource_type, assigned_to
    ) select * from timed_findings`,
  `insert into finding_counts (
      organization_id, stack_id, pack, policy, closed, status, level, severity, priority, resource_type, assigned_to, count,
      first_modified_at, last_modified_at, first_seen_at, last_seen_at
    ) select * from counted_findings`,
];

/** A number below `below` that looks random, and is the same each time. */
const random = (of: string, below: number) => `(abs(hashtext(${of})) % ${below})`;

const statements = (stacks: number) => [
  `create temporary table org as select id from organizations where name = '$name'`,
  `insert into users (login, name) select 'user-' || n, 'User ' || n from generate_series(1, 20) n`,
  `insert into members (organization_id, user_id, role)
    select org.id, users.id, 'member' from org, users where login like 'user-%'`,
  `insert into stacks (organization_id, project, name, tags, data_key, created_at)
    select org.id, 'project-' || n % ${PROJECTS}, (array['dev', 'staging', 'prod'])[1 + n / ${PROJECTS} % 3] || '-' || n,
      json_build_object('env', (array['dev', 'staging', 'prod'])[1 + n / ${PROJECTS} % 3], 'team', 'team-' || n % 40), '',
      now() - interval '400 days'
    from org, generate_series(1, ${stacks}) n`,
  `create temporary table filled as
    select stacks.id, project, name, (regexp_match(name, '\\d+$'))[1]::int as n from stacks, org
    where organization_id = org.id`,
  `create temporary table policies as
    select 'pack-' || p as pack, 'policy-' || p || '-' || q as policy, p, q,
      (array['low', 'medium', 'medium', 'low', 'high', 'low', 'medium', 'low', 'high', 'critical'])[1 + (p + q) % 10] as severity,
      case when p % 4 = 0 then 'mandatory' else 'advisory' end as level,
      'aws:' || (array['s3', 'ec2', 'iam', 'rds', 'ecs'])[1 + q % 5] || '/thing' || (p + q) % 8 || ':Thing' || (p + q) % 8 as type
    from generate_series(0, ${PACKS - 1}) p, generate_series(0, 9) q`,
  // All at once, because the triggers are made for the findings of an update.
  "set session_replication_role = replica",
  `insert into findings (organization_id, stack_id, pack, policy, urn, urn_digest, tag, level, severity, message, status, ended,
      priority, assigned_to, reopened, first_seen_at, first_seen_tag, last_seen_at, modified_at)
    select org.id, made.id, pack, policy, urn, sha256(convert_to(urn, 'UTF8')), '1.0.0', level, severity,
      'The resource must be as the policy says, and this sentence is as long as such messages are: ' || policy,
      coalesce((array['ignored', 'ignored', 'by_design', 'in_progress'])[dice % 40 + 1], 'open'),
      (array['withdrawn', 'fixed', 'fixed', 'fixed'])[dice / 40 % 24 + 1],
      coalesce((array['p0', 'p1', 'p1', 'p2', 'p2', 'p2', 'p2'])[dice / 7 % 100 + 1], 'p3'),
      case when dice % 23 = 0 then (select id from users where login = 'user-' || 1 + dice % 20) end, (dice % 11 = 0)::int,
      seen, '1.0.0', now() - interval '1 hour' * ${random("made.id::text", 1_000)}, seen
    from (
      select *, 'urn:pulumi:' || name || '::' || project || '::' || type || '::thing-' || m as urn,
        now() - interval '1 day' * (20 * (p + 1) * power(${random("made.id::text || m", 1_000)} / 1000.0, 2)) as seen,
        ${random("m || made.id::text", 100_000)} as dice
      from (
        select filled.*, m, (n + m % ${PACKS_OF_STACK} * 3) % ${PACKS} as p,
          floor(10 * power(${random("n || '-' || m", 1_000)} / 1000.0, 2)) as q
        from filled, generate_series(1, case when n % 100 = 0 then ${25 * FINDINGS} else ${FINDINGS * 0.75} end) m
      ) as made join policies using (p, q)
    ) as made, org
    on conflict do nothing`,
  ...COUNTING,
  "reset session_replication_role",
  `insert into pack_scores (stack_id, pack, version, tag, group_id, evaluated_at, stale, policies, passing, not_exercised,
      governed, clean)
    select filled.id, 'pack-' || (n + m * 3) % ${PACKS}, 1, '1.0.0', policy_groups.id, now(), n % 50 = 0, 10, 5 + m, 1, 40, 30
    from filled, generate_series(0, ${PACKS_OF_STACK - 1}) m, org
    join policy_groups on organization_id = org.id and policy_groups.name = 'default-policy-group'`,
  `insert into policy_scores (stack_id, pack, policy, severity, framework, state, governed, failing)
    select filled.id, pack, policy, severity, case when q % 2 = 0 then 'CIS' else '' end,
      (array['passes', 'fails', 'passes', 'not-exercised'])[1 + (n + q) % 4], 8, (n + q) % 4 % 2
    from filled, generate_series(0, ${PACKS_OF_STACK - 1}) m join policies on true where p = (n + m * 3) % ${PACKS}`,
  `insert into stack_scores (stack_id, governed, clean) select id, 100, 80 from filled`,
  `insert into teams (organization_id, name, display_name, description)
    select id, 'few', '', '' from org union all select id, 'many', '', '' from org`,
  `insert into team_stacks (team_id, stack_id, permission)
    select teams.id, filled.id, 'read' from teams, filled
    where n % case when teams.name = 'few' then 200 else 3 end = 7 % case when teams.name = 'few' then 200 else 3 end`,
  `update organizations set default_permission = 'none' where name = '$name'`,
  "vacuum analyze",
];
