import { Badge, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Empty } from "../../../shared/empty.tsx";
import { Listing } from "../../../shared/listing.tsx";
import { More } from "../../../shared/more.tsx";
import { RunOf } from "../../../shared/run-of.tsx";
import { Bdi } from "../../../shared/strangers.tsx";
import { Time } from "../../../shared/time.tsx";
import { Resource } from "../../../shared/urn.tsx";
import { Level, Severity } from "../../../shared/words.tsx";
import { useStackName } from "../queries.ts";
import { stackPredictionsQuery } from "./queries.ts";

/** What would be violated if what was previewed were deployed. */
export function Predictions() {
  const name = useStackName();
  const { orgName } = name;
  const query = useInfiniteQuery(stackPredictionsQuery(name));
  return (
    <More query={query} rowsOf={({ predictions }) => predictions}>
      {(predictions) =>
        predictions.length > 0 ? (
          <Listing
            minWidth={820}
            columns={["Policy", "Severity", { plain: "Level" }, "Resource", { plain: "Run" }, "Last seen"]}
          >
            {predictions.map((one) => (
              <Table.Tr key={JSON.stringify([one.source, one.policyPack, one.policyName, one.resourceURN])}>
                <Table.Td maw={380}>
                  <Bdi text={one.policyName} />{" "}
                  <Text span size="xs" c="dimmed">
                    <Bdi text={`${one.policyPack} ${one.policyPackTag}`} />
                  </Text>{" "}
                  {one.blocked && <Badge color="red">stops the update</Badge>}
                  <Text size="xs" c="dimmed" lineClamp={2} className="text">
                    {one.message}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Severity of={one.severity} />
                </Table.Td>
                <Table.Td>
                  <Level of={one.level} />
                </Table.Td>
                <Table.Td maw={320}>
                  <Resource urn={one.resourceURN} />
                </Table.Td>
                <Table.Td>
                  <RunOf org={orgName} prediction={one} />
                </Table.Td>
                <Table.Td>
                  <Time at={one.lastSeenAt} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Listing>
        ) : (
          <Empty
            title="No preview shows a violation that is not deployed"
            command={`pulumi preview --stack ${orgName}/${name.projectName}/${name.stackName}`}
          >
            What a preview of this stack violates appears here until it is deployed, corrected, or old:
          </Empty>
        )
      }
    </More>
  );
}
