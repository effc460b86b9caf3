import { type RawBuilder, type SqlBool, sql } from "kysely";
import { type Governed, governedIds, unevaluated } from "./governed.ts";

const score = sql`from pack_scores score where score.stack_id = stack.id and not score.withdrawn`;
const fails = sql`(score.broken or score.passing + score.excepted < score.policies)`;

export type Compliance = "failing" | "passing" | "stale" | "ungoverned";

/**
 * A condition on `stack`: what was evaluated of it last.
 *
 * @param governed the stacks that must run a pack.
 */
export function isCompliance(of: Compliance, governed: readonly Governed[]): RawBuilder<SqlBool> {
  if (of === "failing") return sql`exists (select ${score} and ${fails})`;
  if (of === "passing")
    return sql`(exists (select ${score} and score.evaluated_at is not null) and not exists (select ${score} and ${fails}))`;
  if (of === "stale")
    return sql`(exists (select ${score} and score.stale) or (
      exists (select ${score} and (score.evaluated_at is not null or score.broken))
      and stack.id in (select stack_id from (${unevaluated(governed)}) as required)
    ))`;
  return sql`stack.id not in (select ${governedIds(governed)})`;
}
