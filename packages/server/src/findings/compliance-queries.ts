import { type RawBuilder, type SqlBool, sql } from "kysely";
import { type Governed, isUngoverned, joinRequired, lacksAny } from "./governed.ts";

const score = sql`from pack_scores score where score.stack_id = stack.id and not score.withdrawn`;
const fails = sql`(score.broken or score.passing + score.excepted < score.policies)`;

export type Compliance = "failing" | "passing" | "stale" | "ungoverned";

/**
 * A condition on `stack`: what was evaluated of it last.
 *
 * @param governed only for `stale` and `ungoverned`.
 */
export function isCompliance(of: Compliance, governed: Governed): RawBuilder<SqlBool> {
  if (of === "failing") return sql`exists (select ${score} and ${fails})`;
  if (of === "passing")
    return sql`(exists (select ${score} and score.evaluated_at is not null) and not exists (select ${score} and ${fails}))`;
  if (of === "stale")
    return sql`(exists (select from scored_stacks scored where scored.stack_id = stack.id and scored.stale) or stack.id in (
      select scored.stack_id from scored_stacks scored ${joinRequired("scored.stack_id", governed)}
      where scored.reported and ${lacksAny("required", "scored")}
    ))`;
  return isUngoverned("stack.id", governed);
}
