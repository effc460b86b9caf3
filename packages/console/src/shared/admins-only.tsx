import { Empty } from "./empty.tsx";

/** In place of what only admins of the organization may see. */
export function AdminsOnly({ what }: { what: string }) {
  return <Empty title={`Only admins of the organization may ${what}`}>Ask one of them, if you need it.</Empty>;
}
