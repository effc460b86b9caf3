-- When an exception last let something of this stack through: the end of the run. Null for never.
alter table policy_exception_stacks add column last_needed_at timestamptz;

-- As far as the findings tell.
update policy_exception_stacks named set last_needed_at = needed.at
from (
  select exception.id, stack.project, stack.name, max(finding.last_seen_at) as at
  from findings finding
  cross join jsonb_array_elements(finding.exceptions) as by
  join stacks stack on stack.id = finding.stack_id
  join policy_exceptions exception on exception.organization_id = finding.organization_id
    and 'EXC-' || exception.number = by ->> 'id' and exception.pack = finding.pack
  where finding.ended = 'excepted'
  group by 1, 2, 3
) as needed
where named.exception_id = needed.id and named.project = needed.project and named.stack = needed.name;
