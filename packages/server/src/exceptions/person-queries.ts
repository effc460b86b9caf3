import { type RawBuilder, sql } from "kysely";
import type { Person } from "./exception.ts";

/** The person in a joined row of `users`; null without one. */
export function personIn(users: string): RawBuilder<Person | null> {
  const column = (name: string) => sql.ref(`${users}.${name}`);
  return sql<Person | null>`case when ${column("id")} is not null
    then json_build_object('login', ${column("login")}, 'name', coalesce(${column("name")}, '')) end`;
}
