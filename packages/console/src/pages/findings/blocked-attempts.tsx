import { Pill, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { clearButton } from "../../shared/clear-button.ts";
import { Empty } from "../../shared/empty.tsx";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import { More } from "../../shared/more.tsx";
import { RunOf } from "../../shared/run-of.tsx";
import { Time } from "../../shared/time.tsx";
import { UnappliedExceptions } from "../../shared/unapplied-exceptions.tsx";
import { Resource } from "../../shared/urn.tsx";
import { useWaitingRequests, WaitingRequest } from "../../shared/waiting-request.tsx";
import { Severity } from "../../shared/words.tsx";
import { blockedQuery, type Prediction } from "./queries.ts";
import type { FindingFilter, SetFilter } from "./search.ts";

/** What mandatory policies stopped before it was deployed. It is no finding: nothing exists that violates a policy. */
export function BlockedAttempts({ org, filter, set }: { org: string; filter: FindingFilter; set: SetFilter }) {
  const { stack } = filter;
  const query = useInfiniteQuery(blockedQuery(org, stack));
  return (
    <>
      <Text size="sm" c="dimmed" mb="sm">
        Mandatory violations that stop the next update. Nothing of them is deployed, so they are no findings.
      </Text>
      {stack && (
        <Pill
          withRemoveButton
          onRemove={() => set({ stack: undefined })}
          size="md"
          mb="xs"
          removeButtonProps={clearButton(`Remove: Stack: ${stack}`)}
        >
          Stack: {stack}
        </Pill>
      )}
      <More query={query} rowsOf={({ predictions }) => predictions}>
        {(predictions) =>
          predictions.length > 0 ? (
            <Rows org={org} predictions={predictions} />
          ) : (
            <Empty title="Nothing is blocked">
              When a preview or an update of a stack is stopped by a mandatory policy, what it violates is listed here.
            </Empty>
          )
        }
      </More>
    </>
  );
}

function Rows({ org, predictions }: { org: string; predictions: Prediction[] }) {
  return (
    <Listing
      minWidth={900}
      columns={[
        { plain: "Severity" },
        { plain: "Stack" },
        { plain: "Policy" },
        "Resource",
        { plain: "Run" },
        "Last seen",
        "Exception",
      ]}
      label="Blocked attempts"
    >
      {predictions.map((prediction) => (
        <Row key={keyOf(prediction)} org={org} prediction={prediction} />
      ))}
    </Listing>
  );
}

const keyOf = ({ project, stack, source, policyPack, policyName, resourceURN }: Prediction) =>
  [project, stack, source, policyPack, policyName, resourceURN].join(" ");

function Row({ org, prediction }: { org: string; prediction: Prediction }) {
  const { project, stack, policyPack, policyPackTag, policyName, resourceURN, message, severity } = prediction;
  const version = {
    to: "/$org/insights/policypacks/$pack/$version",
    params: { org, pack: policyPack, version: policyPackTag },
  } as const;
  const waiting = useWaitingRequests(org)({ pack: policyPack, policy: policyName, urn: resourceURN });
  return (
    <Table.Tr>
      <Table.Td>{severity ? <Severity of={severity} /> : <Text c="dimmed">–</Text>}</Table.Td>
      <Table.Td miw={150}>
        <Go to="/$org/$project/$stack" params={{ org, project, stack }}>
          {project}/{stack}
        </Go>
      </Table.Td>
      <Table.Td miw={260}>
        <Text size="sm" fw={500} className="text">
          <Go {...version} search={{ find: policyName }}>
            {policyName}
          </Go>
        </Text>
        <Text size="xs" c="dimmed" component="div">
          <Go {...version}>
            {policyPack} {policyPackTag}
          </Go>
        </Text>
        <Text size="xs" lineClamp={3} className="text">
          {message.slice(0, 1000)}
        </Text>
        <UnappliedExceptions org={org} exceptions={prediction.unappliedExceptions} />
      </Table.Td>
      <Table.Td miw={170} maw={240}>
        <Resource urn={resourceURN} />
      </Table.Td>
      <Table.Td>
        <RunOf org={org} prediction={prediction} />
      </Table.Td>
      <Table.Td style={{ whiteSpace: "nowrap" }}>
        <Time at={prediction.lastSeenAt} />
      </Table.Td>
      <Table.Td miw={120}>
        {prediction.unappliedExceptions ? (
          "there is one"
        ) : waiting ? (
          <WaitingRequest org={org} request={waiting} />
        ) : (
          <Go
            to="/$org/insights/new-exception"
            params={{ org }}
            search={{ pack: policyPack, policy: policyName, urn: resourceURN }}
            aria-label={`Ask for one: ${policyName}`.slice(0, 200)}
          >
            Ask for one
          </Go>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
