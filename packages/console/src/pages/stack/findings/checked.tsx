import { Stack, Table, Text } from "@mantine/core";
import type { Api, ReplyOf } from "@quillon/contract";
import { useQuery } from "@tanstack/react-query";
import { Empty } from "../../../shared/empty.tsx";
import { LetThrough } from "../../../shared/let-through.tsx";
import { Listing } from "../../../shared/listing.tsx";
import { Loaded } from "../../../shared/loaded.tsx";
import { counted } from "../../../shared/numbers.ts";
import { Bdi } from "../../../shared/strangers.tsx";
import { Time } from "../../../shared/time.tsx";
import { Resource } from "../../../shared/urn.tsx";
import { Level, Severity, Status } from "../../../shared/words.tsx";
import { useStackName } from "../queries.ts";
import { checkQuery } from "./queries.ts";

type Check = NonNullable<
  ReplyOf<Api["GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/check"]>["check"]
>;
type Result = Check["report"]["results"][number];

/** What policies said of the state of a stack elsewhere when `quillon scan --check` held it against them. It enforces nothing. */
export function Checked() {
  const { orgName: org, projectName, stackName } = useStackName();
  const query = useQuery(checkQuery({ orgName: org, projectName, stackName }));
  return (
    <Loaded query={query}>
      {({ check }) =>
        check ? (
          <Stack gap="md">
            <Said check={check} />
            {check.report.results.length > 0 ? <Results org={org} results={check.report.results} /> : <NothingFound />}
          </Stack>
        ) : (
          <Empty title="This stack's state was never checked" command="quillon scan BACKEND --check">
            What policies say of the state of a stack elsewhere appears here:
          </Empty>
        )
      }
    </Loaded>
  );
}

function Said({ check: { checkedAt, checkedBy, report } }: { check: Check }) {
  const by = checkedBy?.githubLogin;
  return (
    <Text size="sm" role="status" component="div">
      Checked <Time at={checkedAt} />
      {by && (
        <>
          {" "}
          by <Bdi text={by} />
        </>
      )}
      , and not enforced: what the stack must run was held against its state, and no update was stopped.
      {report.leftOut > 0 && ` ${counted(report.leftOut, "more result")} of this check are only counted.`}
    </Text>
  );
}

const NothingFound = () => <Empty title="No policy found anything in the state of this stack" />;

function Results({ org, results }: { org: string; results: readonly Result[] }) {
  return (
    <Listing minWidth={820} columns={["Policy", "Severity", { plain: "Level" }, "Resource", { plain: "Result" }]}>
      {results.map((one) => (
        <Table.Tr key={JSON.stringify([one.pack, one.policy, one.urn, one.kind, one.message])}>
          <Table.Td maw={380}>
            <Bdi text={one.policy} />{" "}
            <Text span size="xs" c="dimmed">
              <Bdi text={`${one.pack} ${one.version}`} />
            </Text>
            <Text size="xs" c="dimmed" lineClamp={2} className="text">
              {one.message}
            </Text>
            <LetThrough org={org} exceptions={one.exceptions} />
          </Table.Td>
          <Table.Td>
            <Severity of={one.severity} />
          </Table.Td>
          <Table.Td>{one.level && <Level of={one.level} />}</Table.Td>
          <Table.Td maw={320}>
            <Resource urn={one.urn} />
          </Table.Td>
          <Table.Td>
            <Status of={one.exceptions ? "excepted" : one.kind} />
          </Table.Td>
        </Table.Tr>
      ))}
    </Listing>
  );
}
