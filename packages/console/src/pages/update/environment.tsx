import { Table } from "@mantine/core";
import { Empty } from "../../shared/empty.tsx";
import type { Run } from "../../shared/runs.tsx";

interface Source {
  commit: string | undefined;
  branch: string | undefined;
  ci: string | undefined;
  /** Of the pipeline's run. */
  link: string | undefined;
}

/**
 * From where a run came, by the names that the CLI gives:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/updates.go
 */
export function sourceOf(environment: Readonly<Record<string, string>>): Source {
  const link = environment["ci.build.url"] ?? "";
  return {
    commit: environment["git.head"],
    branch: environment["git.headName"]?.replace(/^refs\/heads\//, ""),
    ci: environment["ci.system"],
    // A client may send any text, also one that a browser would run.
    link: /^https?:\/\//.test(link) ? link : undefined,
  };
}

/** All that the client said of where it ran. Nobody has checked it. */
export function Environment({ run: { environment, message } }: { run: Run }) {
  const facts = Object.entries(environment).toSorted(([one], [other]) => one.localeCompare(other));
  if (message) facts.unshift(["message", message]);
  if (facts.length === 0) return <Empty title="The client said nothing of where it ran" />;
  return (
    <Table>
      <Table.Caption>As the client said it.</Table.Caption>
      <Table.Tbody>
        {facts.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" fw={400} c="dimmed" w={150}>
              {name}
            </Table.Th>
            <Table.Td>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
