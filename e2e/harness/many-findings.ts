import pg from "pg";

const PER_STACK = 125;

/** The URN of the n-th finding's resource, which tells them apart: `bucket-00042`. */
const name = (n: string) => `'bucket-' || lpad((${n})::text, 5, '0')`;

/**
 * Fills the organization `acme` with so many findings, 125 in each stack, as updates would leave them. A tenth is critical. A fifth of those of the
 * stack `dev-1` are of a pack that it runs because of `default-policy-group`, and no other is of any group. The stack
 * `web/few` has one of its own, which is the newest and has no severity.
 *
 * @param url of the PostgreSQL that a server has.
 */
export async function fillFindings(url: string, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`
      insert into stacks (organization_id, project, name, tags, data_key)
      select id, 'shop-' || n % 7, 'dev-' || n, '{}', ''
      from organizations, generate_series(1, ${Math.ceil(count / PER_STACK)}) n where name = 'acme'`);
    await client.query(`
      insert into findings (organization_id, stack_id, pack, policy, urn, urn_digest, tag, level, severity, priority, message,
        first_seen_at, first_seen_tag, last_seen_at, modified_at)
      select organization_id, id, pack, policy, urn, sha256(convert_to(urn, 'UTF8')), '1.0.0', 'advisory', severity,
        case severity when 'critical' then 'p0' when 'high' then 'p1' else 'p3' end,
        'The resource must be as the policy says: ' || policy, seen, '1.0.0', seen, seen
      from (
        select stacks.*, 'pack-' || n % 5 as pack, 'policy-' || n % 5 || '-' || n % 3 as policy,
          'urn:pulumi:' || name || '::' || project || '::aws:s3/bucket:Bucket::' || ${name("n")} as urn,
          (array['critical', 'high', 'high', 'medium', 'medium', 'medium', 'low', 'low', 'low', 'low'])[1 + n % 10] as severity,
          now() - interval '1 minute' * n as seen
        from generate_series(1, ${count}) n join stacks on name = 'dev-' || (1 + (n - 1) / ${PER_STACK})
      ) as made`);
    await client.query(`
      insert into pack_scores (stack_id, pack, version, tag, group_id)
      select stacks.id, 'pack-0', 1, '1.0.0', policy_groups.id from stacks
      join policy_groups using (organization_id) where stacks.name = 'dev-1' and policy_groups.name = 'default-policy-group'`);
    await client.query("analyze");
  } finally {
    await client.end();
  }
}
