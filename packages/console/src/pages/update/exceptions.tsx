import { Card, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Empty } from "../../shared/empty.tsx";
import { Go } from "../../shared/links.tsx";
import { Loaded } from "../../shared/loaded.tsx";
import { Isolated } from "../../shared/strangers.tsx";
import { hasEnded, Time } from "../../shared/time.tsx";
import { Resource } from "../../shared/urn.tsx";
import { exceptionsQuery, type RunName } from "./queries.ts";

/** What the run was told to let through, whether or not anything was violated. */
export function Exceptions({ name }: { name: RunName }) {
  const query = useQuery(exceptionsQuery(name));
  return (
    <Loaded query={query}>
      {({ packs }) =>
        packs.length > 0 ? (
          <Stack gap="sm">
            <Text size="sm" c="dimmed">
              Those in effect when the run was made. Some may have ended or been removed since.
            </Text>
            {packs.flatMap(({ policyPack, versionTag, version, appliedBy, exceptions }) =>
              exceptions.map(({ id, reason, expiresAt, match }) => (
                <Card key={`${policyPack} ${id}`} withBorder padding="sm">
                  <Text size="sm" className="text">
                    <Go
                      to="/$org/insights/exceptions/$id"
                      params={{ org: name.orgName, id }}
                      fw={600}
                      underline="always"
                    >
                      {id}
                    </Go>{" "}
                    of {policyPack} {versionTag || version}. {expiresAt && hasEnded(expiresAt) ? "Ended" : "Ends"}:{" "}
                    <Time at={expiresAt} />
                  </Text>
                  <Text size="sm" c="dimmed">
                    {appliedBy === "engine"
                      ? "The Pulumi CLI applied it."
                      : "It was left to the pack, because the Pulumi CLI was older than 3.274. A pack that is not on @quillon/policy still stops the run."}
                  </Text>
                  <Text size="sm" className="text">
                    {reason}
                  </Text>
                  {match.map(({ policies, targets }) => (
                    <Text
                      key={JSON.stringify([policies, targets])}
                      size="sm"
                      c="dimmed"
                      component="div"
                      className="text"
                    >
                      <Isolated texts={policies} /> on{" "}
                      {targets.slice(0, 10).map((urn) => (
                        <span key={urn}>
                          <Resource urn={urn} />{" "}
                        </span>
                      ))}
                      {targets.length > 10 && `and ${targets.length - 10} more`}
                    </Text>
                  ))}
                </Card>
              )),
            )}
          </Stack>
        ) : (
          <Empty title="No exception was in effect">Every violation of a mandatory policy stopped this run.</Empty>
        )
      }
    </Loaded>
  );
}
